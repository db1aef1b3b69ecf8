// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Map;

/** Jobs and answers as lines of JSON. */
final class Wire {

  private static final JsonMapper JSON =
      JsonMapper.builder().registerSubtypes(Job.class.getPermittedSubclasses()).build();
  private static final String ANSWER = "answer";
  private static final String ERROR = "error";

  private Wire() {}

  static String job(Job<?> job) throws IOException {
    // Through the interface, so that the type is written.
    return JSON.writerFor(new TypeReference<Job<?>>() {}).writeValueAsString(job);
  }

  static Job<?> readJob(String line) throws IOException {
    return JSON.readValue(line, new TypeReference<Job<?>>() {});
  }

  static String answer(Object answer) throws JsonProcessingException {
    return JSON.writeValueAsString(Map.of(ANSWER, answer));
  }

  static String error(Exception e) throws JsonProcessingException {
    return JSON.writeValueAsString(Map.of(ERROR, e.toString()));
  }

  /**
   * Reads an answer.
   *
   * @throws WorkerException if it tells of an error
   */
  static <A> A readAnswer(String line, Class<A> type) throws IOException {
    JsonNode node = JSON.readTree(line);
    if (node.has(ERROR)) {
      throw new WorkerException(node.get(ERROR).asText());
    }
    return JSON.treeToValue(node.get(ANSWER), type);
  }
}

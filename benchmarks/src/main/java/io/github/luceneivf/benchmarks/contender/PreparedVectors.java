// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A data set as every contender gets it: a folder of mapped vectors and the tags of the rows, so
 * that each process maps the same pages instead of reading and decoding the set again. Immutable.
 *
 * @param facts what the data set is
 * @param base [rows × dim] to be indexed
 * @param queries [queries × dim]
 * @param tags [rows], see {@link Tag}
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record PreparedVectors(Facts facts, FloatRows base, FloatRows queries, byte[] tags) {

  /** Name of the file that says what the data set is; written last. */
  public static final String FACTS = "facts.json";

  /** Name of the file of base vectors. */
  public static final String BASE = "base.f32";

  /** Name of the file of queries. */
  public static final String QUERIES = "queries.f32";

  /** Name of the file of tags, a byte per row. */
  public static final String TAGS = "tags.u8";

  /**
   * What a data set is.
   *
   * @param name as in reports
   * @param dim dimensions of a vector
   * @param rows vectors to be indexed
   * @param similarity what is near
   */
  public record Facts(String name, int dim, int rows, Similarity similarity) {}

  /** Maps a folder. */
  public static PreparedVectors open(Path folder) throws IOException {
    Facts facts = new ObjectMapper().readValue(folder.resolve(FACTS).toFile(), Facts.class);
    return new PreparedVectors(
        facts,
        FloatRows.map(folder.resolve(BASE), facts.dim()),
        FloatRows.map(folder.resolve(QUERIES), facts.dim()),
        Files.readAllBytes(folder.resolve(TAGS)));
  }
}

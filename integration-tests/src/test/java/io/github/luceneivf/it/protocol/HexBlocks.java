// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.protocol;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The messages of a document: fenced blocks {@code hex METHOD request|response NUMBER}, each of
 * hexadecimal bytes with comments after {@code #}. Immutable.
 */
final class HexBlocks {

  private static final Pattern BLOCK =
      Pattern.compile("```hex (\\w+) (request|response) (\\w+)\n(.*?)```\n", Pattern.DOTALL);

  private final String text;

  private HexBlocks(String text) {
    this.text = text;
  }

  /**
   * A message.
   *
   * @param method name of the method
   * @param isRequest whether a client sends it
   * @param number its place among the requests or responses of its call, from 1; or {@code last}
   * @param bytes serialized message
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  record Block(String method, boolean isRequest, String number, byte[] bytes) {
    String title() {
      return method + (isRequest ? " request " : " response ") + number;
    }
  }

  static HexBlocks read(Path file) throws IOException {
    return new HexBlocks(Files.readString(file));
  }

  /** Returns the messages, by method in the order of the document. */
  Map<String, List<Block>> byMethod() {
    Map<String, List<Block>> calls = new LinkedHashMap<>();
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      String digits = matcher.group(4).replaceAll("#.*", "").replaceAll("\\s", "");
      Block block =
          new Block(
              matcher.group(1),
              matcher.group(2).equals("request"),
              matcher.group(3),
              HexFormat.of().parseHex(digits));
      calls.computeIfAbsent(block.method, _ -> new ArrayList<>()).add(block);
    }
    return calls;
  }

  /** Returns the document with other lines in its blocks. */
  String with(Map<String, List<String>> linesByTitle) {
    return BLOCK
        .matcher(text)
        .replaceAll(match -> {
          String title = match.group(1) + " " + match.group(2) + " " + match.group(3);
          List<String> lines = linesByTitle.get(title);
          if (lines == null) {
            throw new AssertionError("message must be part of the conversation: " + title);
          }
          return Matcher.quoteReplacement(
              "```hex " + title + "\n" + String.join("\n", lines) + "\n```\n");
        });
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A gzipped table: UTF-8, a header line, fields between tabs, no quoting.
 *
 * @param header column names
 * @param rows [n] rows of as many fields as the header has
 */
public record Tsv(List<String> header, List<List<String>> rows) {

  /**
   * Reads a table.
   *
   * @throws DataFileException if a row has another number of fields than the header
   */
  public static Tsv read(Path file) throws IOException {
    String text = new String(GzipBytes.read(file), StandardCharsets.UTF_8);
    // Only \n ends a line here; a text may hold the other line breaks of Unicode.
    List<List<String>> lines =
        List.of(text.split("\n")).stream().map(line -> List.of(line.split("\t", -1))).toList();
    List<String> header = lines.getFirst();
    for (int line = 1; line < lines.size(); line++) {
      if (lines.get(line).size() != header.size()) {
        throw DataFileException.of(
            file,
            "line " + (line + 1) + " must have " + header.size() + " fields",
            lines.get(line).size());
      }
    }
    return new Tsv(header, lines.subList(1, lines.size()));
  }

  /**
   * Returns one column, row by row.
   *
   * @throws IllegalArgumentException if there is no such column
   */
  public List<String> column(String name) {
    int index = header.indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException("column must be one of " + header + ", got: " + name);
    }
    return rows.stream().map(row -> row.get(index)).toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows and columns of plain text: columns are as wide as their widest cell, two blanks apart. Text
 * is aligned left, and right where it starts with a digit. Not thread-safe.
 */
final class Table {

  private final List<String> head;
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... head) {
    this.head = List.of(head);
  }

  /**
   * Adds a row.
   *
   * @throws IllegalArgumentException if it has not one cell for each column
   */
  Table row(Object... cells) {
    if (cells.length != head.size()) {
      throw new IllegalArgumentException(
          "row must have " + head.size() + " cells, got: " + cells.length);
    }
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(String.valueOf(cell));
    }
    rows.add(row);
    return this;
  }

  /** Returns the lines, the head first, none with blanks at its end. */
  List<String> lines(Screen screen) {
    int[] widths = new int[head.size()];
    boolean[] right = new boolean[head.size()];
    for (int column = 0; column < widths.length; column++) {
      widths[column] = head.get(column).length();
      right[column] = !rows.isEmpty();
      for (List<String> row : rows) {
        String cell = row.get(column);
        widths[column] = Math.max(widths[column], cell.length());
        right[column] &= cell.isEmpty() || cell.equals("-") || Character.isDigit(cell.charAt(0));
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(screen.dim(line(head, widths, right)));
    rows.forEach(row -> lines.add(line(row, widths, right)));
    return lines;
  }

  private static String line(List<String> cells, int[] widths, boolean[] right) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      String pad = " ".repeat(widths[column] - cells.get(column).length());
      line.append(right[column] ? pad + cells.get(column) : cells.get(column) + pad).append("  ");
    }
    return line.toString().stripTrailing();
  }

  /**
   * Breaks text into lines at blanks; the last line ends in "…" if there is more.
   *
   * @param width columns of a line, at least 2
   * @param maxLines lines at most
   */
  static List<String> wrap(String text, int width, int maxLines) {
    List<String> lines = new ArrayList<>();
    String rest = text.strip();
    while (!rest.isEmpty() && lines.size() < maxLines) {
      if (rest.length() <= width) {
        lines.add(rest);
        return lines;
      }
      boolean last = lines.size() == maxLines - 1;
      int room = last ? width - 1 : width;
      int blank = rest.lastIndexOf(' ', room);
      int end = blank > room / 2 ? blank : room;
      lines.add(last ? rest.substring(0, end).strip() + "…" : rest.substring(0, end).strip());
      rest = rest.substring(end).strip();
    }
    return lines;
  }
}

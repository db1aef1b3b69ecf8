// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import com.google.errorprone.annotations.FormatMethod;
import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where the demo writes. Bold and dim text and moving bars only on a terminal. Confined to the main
 * thread, except for progress.
 */
final class Screen {

  private static final String BOLD = "\u001b[1m";
  private static final String DIM = "\u001b[2m";
  private static final String RESET = "\u001b[0m";

  private final PrintStream out;
  private final boolean terminal;
  private final int width;

  /**
   * Creates a screen.
   *
   * @param terminal whether {@code out} is a terminal that understands escape sequences
   * @param width columns of a line
   */
  Screen(PrintStream out, boolean terminal, int width) {
    this.out = out;
    this.terminal = terminal;
    this.width = width;
  }

  /** Returns the screen of this process; {@code NO_COLOR} and {@code COLUMNS} are honoured. */
  static Screen ofProcess(Map<String, String> environment) {
    boolean terminal =
        Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false)
            && !environment.containsKey("NO_COLOR")
            && !"dumb".equals(environment.get("TERM"));
    int columns = 100;
    try {
      columns = Integer.parseInt(environment.getOrDefault("COLUMNS", "100"));
    } catch (NumberFormatException _) {
      // A width is only a matter of looks.
    }
    return new Screen(System.out, terminal, Math.clamp(columns, 80, 120));
  }

  /** Returns the columns of a line. */
  int width() {
    return width;
  }

  /** Returns whether escape sequences and moving bars are shown. */
  boolean isTerminal() {
    return terminal;
  }

  /** Prints the title of a numbered step. */
  void step(int number, String title) {
    out.println();
    out.println(bold(number + "  " + title));
    out.flush();
  }

  /** Prints a line, indented like all text below a title. */
  @FormatMethod
  void line(String format, Object... args) {
    print(String.format(Locale.ROOT, format, args));
  }

  /** Prints a line as it is, indented. */
  void print(String text) {
    out.println(text.isEmpty() ? "" : "   " + text);
    out.flush();
  }

  /** Prints a table, indented. */
  void table(Table table) {
    table.lines(this).forEach(this::print);
  }

  /** Prints text without a line end, for bars that move. */
  void raw(String text) {
    out.print(text);
    out.flush();
  }

  /** Returns text that a terminal shows bold. */
  String bold(String text) {
    return terminal ? BOLD + text + RESET : text;
  }

  /** Returns text that a terminal shows dim. */
  String dim(String text) {
    return terminal ? DIM + text + RESET : text;
  }
}

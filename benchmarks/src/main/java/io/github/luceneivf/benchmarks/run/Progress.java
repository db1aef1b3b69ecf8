// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import com.google.errorprone.annotations.FormatMethod;
import java.io.PrintStream;
import java.util.Locale;

/** Tells the user what is going on, a line each. */
final class Progress {

  private final PrintStream out;
  private final long start = System.nanoTime();

  Progress(PrintStream out) {
    this.out = out;
  }

  /** Prints a line after the seconds since the start. */
  @FormatMethod
  void say(String format, Object... values) {
    double seconds = (System.nanoTime() - start) / 1e9;
    out.printf(Locale.ROOT, "[%6.1f s] ", seconds);
    out.printf(Locale.ROOT, format, values);
    out.println();
  }
}

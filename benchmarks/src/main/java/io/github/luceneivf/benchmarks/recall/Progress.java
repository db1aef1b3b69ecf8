// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.recall;

import java.io.PrintStream;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress of long work: a moving bar on a terminal, a line when it is done elsewhere. */
interface Progress extends AutoCloseable {

  /** Told how much more is done; thread-safe. */
  void advance(long more);

  /** Ends the display. */
  @Override
  void close();

  /** Starts to show work of {@code total} units. */
  static Progress start(PrintStream out, boolean terminal, String task, long total) {
    return terminal ? bar(out, task, total) : lines(out, task);
  }

  private static Progress bar(PrintStream out, String task, long total) {
    ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(total)
            .setStyle(ProgressBarStyle.UNICODE_BLOCK)
            .setUpdateIntervalMillis(200)
            .setConsumer(new ConsoleProgressBarConsumer(out))
            .build();
    return new Progress() {
      @Override
      public void advance(long more) {
        bar.stepBy(more);
      }

      @Override
      public void close() {
        bar.close();
      }
    };
  }

  private static Progress lines(PrintStream out, String task) {
    long start = System.nanoTime();
    return new Progress() {
      @Override
      public void advance(long more) {}

      @Override
      public void close() {
        out.printf(Locale.ROOT, "%s: %.1f s%n", task, (System.nanoTime() - start) / 1e9);
      }
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress of long work: a moving bar on a terminal, a line for every tenth elsewhere. */
interface Progress extends AutoCloseable {

  /** Told how much more is done; thread-safe. */
  void advance(int more);

  /** Ends the display. */
  @Override
  void close();

  /** Starts to show work of {@code total} units. */
  static Progress start(Screen screen, String task, String unit, int total) {
    return screen.isTerminal()
        ? new Bar(screen, task, unit, total)
        : new Lines(screen, unit, total);
  }

  /** A bar that moves. */
  final class Bar implements Progress {

    private final ProgressBar bar;
    private final Screen screen;

    private Bar(Screen screen, String task, String unit, int total) {
      this.screen = screen;
      this.bar =
          new ProgressBarBuilder()
              .setTaskName("   " + task)
              .setUnit(" " + unit, 1)
              .setInitialMax(total)
              .setStyle(ProgressBarStyle.UNICODE_BLOCK)
              .setUpdateIntervalMillis(200)
              .showSpeed()
              .setConsumer(new OneLine(screen))
              .build();
    }

    @Override
    public void advance(int more) {
      bar.stepBy(more);
    }

    @Override
    public void close() {
      bar.close();
      screen.raw(System.lineSeparator());
    }

    /** Draws the bar over itself. */
    private record OneLine(Screen screen) implements ProgressBarConsumer {

      @Override
      public int getMaxRenderedLength() {
        return screen.width() - 1;
      }

      @Override
      public void accept(String rendered) {
        screen.raw("\r" + rendered);
      }

      @Override
      public void close() {}
    }
  }

  /** A line for every tenth. */
  final class Lines implements Progress {

    private final Screen screen;
    private final String unit;
    private final int total;
    private final long start = System.nanoTime();
    private int done;

    private Lines(Screen screen, String unit, int total) {
      this.screen = screen;
      this.unit = unit;
      this.total = total;
    }

    @Override
    public synchronized void advance(int more) {
      long before = done * 10L / Math.max(1, total);
      done += more;
      if (done * 10L / Math.max(1, total) > before) {
        double seconds = (System.nanoTime() - start) / 1e9;
        screen.line("%,9d of %,d %s, %.0f a second", done, total, unit, done / seconds);
      }
    }

    @Override
    public void close() {}
  }
}

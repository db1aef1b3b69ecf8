// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import java.io.IOException;

/** The ways to measure. */
final class Meters {

  /** Warm index, one thread. */
  static final Meter WARM = (context, run) -> run.measureEach((_, warm) -> warm);

  private static final int COLD_QUERIES = 50;
  private static final double DISK_SECONDS = 5;
  private static final double PAGE_CACHE_SHARE = 0.2;

  private Meters() {}

  /** Queries that find nothing in memory. */
  static Meter cold() {
    return new Once() {
      @Override
      public void takeTurn(BenchContext context, ContenderRun run) throws IOException {
        run.measureEach((setting, warm) -> {
          Disk disk = run.worker().ask(new ColdJob(setting, COLD_QUERIES, DISK_SECONDS));
          return warm.with(Measured.Times.waited(disk.nanos()), disk.readBytes());
        });
      }
    };
  }

  /** Queries of a process for which the page cache is small. */
  static Meter limited() {
    return new Once() {
      @Override
      public void takeTurn(BenchContext context, ContenderRun run) throws IOException {
        run.measureEach((_, warm) -> warm);
        WorkerProcess worker = run.worker();
        long raw = (long) context.set().base().size() * context.set().dim() * Float.BYTES;
        run.closeIndexes();
        try (MemoryLimit _ = MemoryLimit.of(worker.pid(), (long) (raw * PAGE_CACHE_SHARE))) {
          run.openIndexes();
          run.measureAgain((setting, warm) -> {
            Disk disk = worker.ask(new DistinctJob(setting, DISK_SECONDS));
            return warm.with(Measured.Times.waited(disk.nanos()), disk.readBytes());
          });
        }
      }
    };
  }

  /** Warm index, several threads. */
  static Meter threads(int threads) {
    return (context, run) ->
        run.measureEach((setting, warm) -> {
          double microsPerPass = warm.times().cpu() * context.queries() / 2;
          double micros = context.settings().effort().reportSeconds() * 1e6;
          int passes = Math.max(1, (int) (micros / microsPerPass));
          ThreadsJob.Speed speed = run.worker().ask(new ThreadsJob(setting, threads, passes));
          return warm.with(
              Measured.Times.means(1e6 / speed.byCpu(), 1e6 / speed.byWall()), Double.NaN);
        });
  }

  /** Measures once: waiting for disks takes long and varies little. */
  private interface Once extends Meter {
    @Override
    default int repetitions(int wanted) {
      return 1;
    }
  }
}

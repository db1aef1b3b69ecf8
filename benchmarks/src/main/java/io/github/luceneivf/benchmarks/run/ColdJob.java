// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.ProcessFigures;
import io.github.luceneivf.benchmarks.contender.Setting;
import java.io.IOException;

/**
 * Asks queries that find nothing in memory: before each of them the index is closed, its pages are
 * dropped, and it is opened again, which is not timed.
 *
 * @param queries how many, at most
 * @param seconds after which no more are asked
 */
record ColdJob(Setting setting, int queries, double seconds) implements Job<Disk> {

  @Override
  public Class<Disk> answer() {
    return Disk.class;
  }

  @Override
  public Disk run(WorkerState state) throws IOException {
    float[][] all = state.queries(Half.REPORT);
    long[] nanos = new long[Math.min(queries, all.length)];
    long read = 0;
    long end = System.nanoTime() + (long) (seconds * 1e9);
    int asked = 0;
    while (asked < nanos.length && (asked == 0 || System.nanoTime() < end)) {
      state.reopenCold(setting.index());
      var search = state.search(setting, null);
      long readBefore = ProcessFigures.readBytes();
      long start = System.nanoTime();
      search.rows(all[asked]);
      nanos[asked++] = System.nanoTime() - start;
      read += ProcessFigures.readBytes() - readBefore;
    }
    return Disk.of(nanos, asked, read);
  }
}

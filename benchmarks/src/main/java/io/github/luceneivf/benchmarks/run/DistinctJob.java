// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.OpenIndex;
import io.github.luceneivf.benchmarks.contender.ProcessFigures;
import io.github.luceneivf.benchmarks.contender.Setting;
import java.io.IOException;

/**
 * Asks each query once, for a process whose memory is limited: the queries of one half fill the
 * page cache as far as it goes, those of the other are timed. Asking one twice would find its
 * vectors in memory.
 *
 * @param seconds after which no more are asked, in each half
 */
record DistinctJob(Setting setting, double seconds) implements Job<Disk> {

  @Override
  public Class<Disk> answer() {
    return Disk.class;
  }

  @Override
  public Disk run(WorkerState state) throws IOException {
    OpenIndex.Search search = state.search(setting, null);
    ask(search, state.queries(Half.TUNING));
    return ask(search, state.queries(Half.REPORT));
  }

  private Disk ask(OpenIndex.Search search, float[][] queries) throws IOException {
    long[] nanos = new long[queries.length];
    long readBefore = ProcessFigures.readBytes();
    long end = System.nanoTime() + (long) (seconds * 1e9);
    int asked = 0;
    while (asked < nanos.length && (asked == 0 || System.nanoTime() < end)) {
      long start = System.nanoTime();
      search.rows(queries[asked]);
      nanos[asked++] = System.nanoTime() - start;
    }
    return Disk.of(nanos, asked, ProcessFigures.readBytes() - readBefore);
  }
}

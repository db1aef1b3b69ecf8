// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.OpenIndex;
import io.github.luceneivf.benchmarks.contender.Setting;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Opens an index and asks each query of the tuning half once, in order, from the first one on:
 * nothing is warmed up. To be the first job of its worker that opens or searches.
 *
 * @param folder where the index lies
 */
record OpeningJob(Setting setting, String folder) implements Job<OpeningJob.Opening> {

  /**
   * Times by the clock on the wall, in milliseconds.
   *
   * @param open opening
   * @param queries [asked] one query each
   * @param reopen closing and opening again
   * @param reopenFirst the first query after that
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  record Opening(double open, double[] queries, double reopen, double reopenFirst) {

    /** Returns the mean of queries [from, to), as far as that many were asked; NaN if none were. */
    double mean(int from, int to) {
      double sum = 0;
      int end = Math.min(to, queries.length);
      for (int i = from; i < end; i++) {
        sum += queries[i];
      }
      return sum / Math.max(0, end - from);
    }
  }

  @Override
  public Class<Opening> answer() {
    return Opening.class;
  }

  @Override
  public Opening run(WorkerState state) throws IOException {
    float[][] queries = state.queries(Half.TUNING);
    double[] millis = new double[queries.length];
    long start = System.nanoTime();
    state.open(setting.index(), Path.of(folder));
    double open = millisSince(start);
    OpenIndex.Search search = state.search(setting, null);
    for (int i = 0; i < queries.length; i++) {
      millis[i] = ask(search, queries[i]);
    }
    start = System.nanoTime();
    state.open(setting.index(), Path.of(folder));
    double reopen = millisSince(start);
    return new Opening(open, millis, reopen, ask(state.search(setting, null), queries[0]));
  }

  private static double ask(OpenIndex.Search search, float[] query) throws IOException {
    long start = System.nanoTime();
    search.rows(query);
    return millisSince(start);
  }

  private static double millisSince(long start) {
    return (System.nanoTime() - start) / 1e6;
  }
}

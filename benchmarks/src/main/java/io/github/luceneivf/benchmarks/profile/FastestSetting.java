// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.profile;

import io.github.luceneivf.benchmarks.contender.Contender;
import io.github.luceneivf.benchmarks.contender.Ladder;
import io.github.luceneivf.benchmarks.contender.OpenIndex;
import io.github.luceneivf.benchmarks.contender.Setting;
import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.data.Recall;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;

/**
 * Looks for the fastest setting of a contender that reaches a recall: on each ladder the lowest
 * rung that does, by halving, as recall grows along a ladder.
 *
 * @param set the data, with its truth
 * @param index open for search
 * @param queries queries to try with, the first ones
 */
record FastestSetting(DataSet set, OpenIndex index, int queries) {

  private static final int PASSES = 3;

  /**
   * A setting and what it did.
   *
   * @param setting the setting
   * @param recall recall@10
   * @param micros CPU time of a query in microseconds, best of some passes
   */
  record Found(Setting setting, double recall, double micros) {}

  /** Returns the fastest setting, if any reaches the recall. */
  Optional<Found> reaching(double recall, Contender contender) throws IOException {
    Found best = null;
    for (Ladder ladder : contender.ladders(set.base().size())) {
      List<Setting> rungs = ladder.rungs();
      int low = 0;
      int high = rungs.size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (recall(rungs.get(middle)) >= recall) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      if (high < rungs.size()) {
        Found found = measured(rungs.get(high));
        best = best == null || found.micros() < best.micros() ? found : best;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Measures one setting. */
  Found measured(Setting setting) throws IOException {
    double micros = Double.POSITIVE_INFINITY;
    for (int pass = 0; pass < PASSES; pass++) {
      micros = Math.min(micros, pass(setting));
    }
    return new Found(setting, recall(setting), micros);
  }

  private double recall(Setting setting) throws IOException {
    OpenIndex.Search search = index.search(setting, Recall.K, null);
    double sum = 0;
    for (int query = 0; query < queries; query++) {
      int[] rows = search.rows(set.queries().row(query));
      sum += set.recall(query, rows, rows.length, Recall.K);
    }
    return sum / queries;
  }

  /** Asks every query once and returns the CPU time of one in microseconds. */
  double pass(Setting setting) throws IOException {
    OpenIndex.Search search = index.search(setting, Recall.K, null);
    float[][] all = new float[queries][];
    for (int query = 0; query < queries; query++) {
      all[query] = set.queries().row(query);
    }
    var threads = ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadCpuTime();
    for (float[] query : all) {
      search.rows(query);
    }
    return (threads.getCurrentThreadCpuTime() - before) / 1e3 / queries;
  }
}

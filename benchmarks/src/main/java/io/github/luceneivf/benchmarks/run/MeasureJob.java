// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.RowFilter;
import io.github.luceneivf.benchmarks.contender.Setting;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Measures one setting on one half of the queries.
 *
 * @param filter of the queries; null for all rows
 * @param seconds how long to go on, at least
 */
record MeasureJob(Setting setting, Half half, @Nullable RowFilter filter, double seconds)
    implements Job<Measured> {

  /** Where a pass takes longer than this many nanoseconds, fewer queries do. */
  private static final long LONG_PASS = 1_000_000_000;

  private static final int FEW = 50;

  @Override
  public Class<Measured> answer() {
    return Measured.class;
  }

  @Override
  public Measured run(WorkerState state) throws IOException {
    QueryLoop all =
        new QueryLoop(state.search(setting, filter), state.queries(half), state.numbers(half));
    QueryLoop.Answers answers = all.answers();
    return half == Half.TUNING ? tried(all, answers) : reported(all, answers);
  }

  /** A slow setting is not asked twice just to be tried. */
  private Measured tried(QueryLoop loop, QueryLoop.Answers answers) throws IOException {
    QueryLoop.Time time = answers.time();
    if (time.cpu() < seconds * 1e9) {
      time = medianPass(loop);
    }
    return new Measured(
        answers.rows(),
        Measured.Times.means(loop.microsPerQuery(time.cpu()), loop.microsPerQuery(time.wall())),
        Double.NaN,
        Double.NaN,
        Double.NaN);
  }

  /** What the answers took is not counted: they were the last of the warm-up. */
  private Measured reported(QueryLoop all, QueryLoop.Answers answers) throws IOException {
    QueryLoop loop = answers.time().cpu() > LONG_PASS ? all.firstOf(FEW) : all;
    QueryLoop.Time median = medianPass(loop);
    long[] latencies = loop.latencies();
    return new Measured(
        answers.rows(),
        new Measured.Times(
            loop.microsPerQuery(median.cpu()),
            loop.microsPerQuery(median.wall()),
            Measured.Times.quantile(latencies, 0.5),
            Measured.Times.quantile(latencies, 0.99)),
        loop.firstOf(FEW).allocatedPerQuery(),
        loop.firstOf(FEW).visitedPerQuery(),
        Double.NaN);
  }

  private QueryLoop.Time medianPass(QueryLoop loop) throws IOException {
    List<QueryLoop.Time> passes = new ArrayList<>();
    for (long spent = 0; spent < seconds * 1e9; ) {
      QueryLoop.Time pass = loop.pass();
      passes.add(pass);
      spent += pass.cpu();
    }
    passes.sort(Comparator.comparingLong(QueryLoop.Time::cpu));
    return passes.get((passes.size() - 1) / 2);
  }
}

package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Setting;
import io.github.luceneivf.benchmarks.contender.Tag;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Measures one setting on one half of the queries.
 *
 * @param filter tag that rows must have; null for all rows
 * @param seconds how long to go on, at least
 */
record MeasureJob(Setting setting, Half half, @Nullable Tag filter, double seconds)
    implements Job<MeasureJob.Measured> {

  /** Where a pass takes longer than this many nanoseconds, fewer queries do. */
  private static final long LONG_PASS = 1_000_000_000;

  private static final int FEW = 50;

  private static final int MIN_PASSES = 2;

  /**
   * What was measured.
   *
   * @param rows [queries × k] found, −1 where fewer were found
   * @param cpuMicros CPU time per query in the median pass
   * @param wallMicros wall time per query in that pass
   * @param p50Micros CPU time of the median query
   * @param p99Micros CPU time that 99 % of the queries stay below
   * @param allocated bytes per query
   * @param visited vectors per query; NaN if unknown
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  record Measured(
      int[] rows,
      double cpuMicros,
      double wallMicros,
      double p50Micros,
      double p99Micros,
      double allocated,
      double visited) {}

  @Override
  public Class<Measured> answer() {
    return Measured.class;
  }

  @Override
  public Measured run(Desk desk) throws IOException {
    QueryLoop all = new QueryLoop(desk.search(setting, filter), desk.queries(half));
    // This also is the pass that nobody times.
    long start = System.nanoTime();
    int[] rows = all.rows();
    QueryLoop loop = System.nanoTime() - start > LONG_PASS ? all.firstOf(FEW) : all;
    QueryLoop.Time median = medianPass(loop);
    double cpuMicros = median.cpu() / 1e3 / loop.size();
    double wallMicros = median.wall() / 1e3 / loop.size();
    if (half == Half.TUNING) {
      return new Measured(
          rows, cpuMicros, wallMicros, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    }
    long[] latencies = loop.latencies();
    return new Measured(
        rows,
        cpuMicros,
        wallMicros,
        latencies[latencies.length / 2] / 1e3,
        latencies[(int) (latencies.length * 0.99)] / 1e3,
        loop.allocatedPerQuery(),
        loop.firstOf(FEW).visitedPerQuery());
  }

  private QueryLoop.Time medianPass(QueryLoop loop) throws IOException {
    List<QueryLoop.Time> passes = new ArrayList<>();
    for (long spent = 0; passes.size() < MIN_PASSES || spent < seconds * 1e9; ) {
      QueryLoop.Time pass = loop.pass();
      passes.add(pass);
      spent += pass.cpu();
    }
    passes.sort(Comparator.comparingLong(QueryLoop.Time::cpu));
    return passes.get((passes.size() - 1) / 2);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Ladder;
import io.github.luceneivf.benchmarks.contender.RowFilter;
import io.github.luceneivf.benchmarks.contender.Setting;
import io.github.luceneivf.benchmarks.filter.FilterTruth;
import io.github.luceneivf.benchmarks.filter.Restriction;
import io.github.luceneivf.benchmarks.report.Family;
import io.github.luceneivf.benchmarks.report.FilterResult;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One contender under filters. Ours is asked with nothing set; peers with the fastest setting that
 * reaches the recall on one half of the queries. Not thread-safe; the caller closes it.
 */
final class FilterRun implements Closeable {

  /** Recall that a peer is to reach, and ours by default. */
  private static final double RECALL = 0.95;

  private final BenchContext context;
  private final ContenderRun run;
  private final List<Measured> samples = new ArrayList<>();
  private @Nullable Setting setting;
  private double unfiltered = Double.NaN;

  FilterRun(BenchContext context, ContenderRun run) {
    this.context = context;
    this.run = run;
  }

  String contender() {
    return run.worker().contender();
  }

  void warmUp() throws IOException {
    run.warmUp();
  }

  /** Chooses the setting for a filter. */
  void tune(@Nullable RowFilter filter, FilterTruth truth) throws IOException {
    samples.clear();
    if (run.description().family() == Family.OURS) {
      setting = run.description().defaults();
      attempt(setting, filter, truth);
      return;
    }
    @Nullable Trial best = null;
    for (Ladder ladder : run.ladders()) {
      Trial trial = leastThatReaches(ladder, filter, truth);
      if (trial != null && (best == null || trial.micros() < best.micros())) {
        best = trial;
      }
    }
    setting = best == null ? null : best.setting();
  }

  /** Rungs look at more and more, so recall grows: the first that reaches it is bisected. */
  private @Nullable Trial leastThatReaches(
      Ladder ladder, @Nullable RowFilter filter, FilterTruth truth) throws IOException {
    List<Setting> rungs = ladder.rungs();
    @Nullable Trial least = attempt(rungs.getFirst(), filter, truth);
    if (least.recall() >= RECALL) {
      return least;
    }
    least = null;
    int below = 0;
    int above = rungs.size();
    while (below + 1 < above) {
      int middle = (below + above) / 2;
      Trial trial = attempt(rungs.get(middle), filter, truth);
      if (trial.recall() >= RECALL) {
        least = trial;
        above = middle;
      } else {
        below = middle;
      }
    }
    return least;
  }

  private Trial attempt(Setting tried, @Nullable RowFilter filter, FilterTruth truth)
      throws IOException {
    double seconds = context.settings().effort().trialSeconds();
    Measured measured = run.worker().ask(new MeasureJob(tried, Half.TUNING, filter, seconds));
    double recall = truth.judge(numbers(Half.TUNING), measured.rows()).recall();
    return new Trial(tried, recall, measured.times().cpu());
  }

  private int[] numbers(Half half) {
    return half.of(context.queries()).toArray();
  }

  /** Measures the setting once more, if there is one that reaches the recall. */
  void measure(@Nullable RowFilter filter) throws IOException {
    if (setting != null) {
      double seconds = context.settings().effort().reportSeconds();
      samples.add(run.worker().ask(new MeasureJob(setting, Half.REPORT, filter, seconds)));
    }
  }

  /**
   * Returns what was measured since this was last asked; empty if there is nothing.
   *
   * @param circumstances in which it was
   */
  Optional<FilterResult> result(FilterResult.Circumstances circumstances, FilterTruth truth)
      throws IOException {
    if (setting == null || samples.isEmpty()) {
      return Optional.empty();
    }
    double[] micros =
        samples.stream().mapToDouble(sample -> sample.times().cpu()).sorted().toArray();
    double median = Points.median(micros);
    if (circumstances.filter().equals(Restriction.NONE.title())) {
      unfiltered = median;
    }
    FilterTruth.Judgement judgement = truth.judge(numbers(Half.REPORT), samples.getFirst().rows());
    samples.clear();
    double[] qps = Arrays.stream(micros).map(one -> 1e6 / one).toArray();
    return Optional.of(
        new FilterResult(
            circumstances,
            contender(),
            run.description().family(),
            setting.label(),
            new FilterResult.Found(judgement.recall(), judgement.recall5(), judgement.shortShare()),
            new FilterResult.Speed(
                1e6 / median, qps[qps.length - 1], qps[0], median / unfiltered)));
  }

  @Override
  public void close() throws IOException {
    run.close();
  }
}

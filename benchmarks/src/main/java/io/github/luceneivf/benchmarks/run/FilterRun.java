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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One contender under filters, asked with the fastest setting that reaches the recall on one half
 * of the queries; ours with nothing set, too. Not thread-safe; the caller closes it.
 */
final class FilterRun implements Closeable {

  /** Recall that a setting is to reach, and ours by default. */
  private static final double RECALL = 0.95;

  private final BenchContext context;
  private final ContenderRun run;
  private final List<Asked> asked = new ArrayList<>();
  private final Map<Boolean, Double> unfiltered = new HashMap<>();

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

  /** Chooses the settings for a filter. */
  void tune(@Nullable RowFilter filter, FilterTruth truth) throws IOException {
    asked.clear();
    if (run.description().family() == Family.OURS) {
      Setting defaults = run.description().defaults();
      attempt(defaults, filter, truth);
      asked.add(new Asked(defaults, false));
    }
    @Nullable Trial best = null;
    for (Ladder ladder : run.ladders()) {
      Trial trial = leastThatReaches(ladder, filter, truth);
      if (trial != null && (best == null || trial.micros() < best.micros())) {
        best = trial;
      }
    }
    if (best != null) {
      asked.add(new Asked(best.setting(), true));
    }
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

  /** Measures the settings once more. */
  void measure(@Nullable RowFilter filter) throws IOException {
    double seconds = context.settings().effort().reportSeconds();
    for (Asked each : asked) {
      each.samples.add(
          run.worker().ask(new MeasureJob(each.setting, Half.REPORT, filter, seconds)));
    }
  }

  /**
   * Returns what was measured since this was last asked, of each setting.
   *
   * @param circumstances in which it was
   */
  List<FilterResult> results(FilterResult.Circumstances circumstances, FilterTruth truth)
      throws IOException {
    List<FilterResult> results = new ArrayList<>();
    for (Asked each : asked) {
      if (!each.samples.isEmpty()) {
        results.add(result(each, circumstances, truth));
        each.samples.clear();
      }
    }
    return results;
  }

  private FilterResult result(
      Asked each, FilterResult.Circumstances circumstances, FilterTruth truth) throws IOException {
    double[] micros =
        each.samples.stream().mapToDouble(sample -> sample.times().cpu()).sorted().toArray();
    double median = Points.median(micros);
    if (circumstances.filter().equals(Restriction.NONE.title())) {
      unfiltered.put(each.tuned, median);
    }
    FilterTruth.Judgement judgement =
        truth.judge(numbers(Half.REPORT), each.samples.getFirst().rows());
    double[] qps = Arrays.stream(micros).map(one -> 1e6 / one).toArray();
    return new FilterResult(
        circumstances,
        contender(),
        run.description().family(),
        each.tuned,
        each.setting.label(),
        new FilterResult.Found(judgement.recall(), judgement.recall5(), judgement.shortShare()),
        new FilterResult.Speed(
            1e6 / median,
            qps[qps.length - 1],
            qps[0],
            median / unfiltered.getOrDefault(each.tuned, Double.NaN)));
  }

  /**
   * A setting.
   *
   * @param tuned whether it was chosen for its recall
   * @param samples what was measured with it
   */
  private record Asked(Setting setting, boolean tuned, List<Measured> samples) {
    Asked(Setting setting, boolean tuned) {
      this(setting, tuned, new ArrayList<>());
    }
  }

  @Override
  public void close() throws IOException {
    run.close();
  }
}

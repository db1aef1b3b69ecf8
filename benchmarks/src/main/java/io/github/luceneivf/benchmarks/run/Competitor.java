package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Ladder;
import io.github.luceneivf.benchmarks.contender.Layout;
import io.github.luceneivf.benchmarks.contender.Setting;
import io.github.luceneivf.benchmarks.contender.Tag;
import io.github.luceneivf.benchmarks.report.Curve;
import io.github.luceneivf.benchmarks.report.Point;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One contender in one scenario: warmed up, tuned, measured again and again, and in the end turned
 * into curves. Not thread-safe; the caller closes it, which ends its process.
 */
final class Competitor implements Closeable {

  /** Ladders of which one setting warms up. */
  private static final int WARMING = 8;

  private final Lab lab;
  private final WorkerProcess worker;
  private final DescribeJob.Description description;
  private final @Nullable Tag filter;
  private final Judge judge;
  private final Map<Trial, List<MeasureJob.Measured>> samples = new LinkedHashMap<>();

  private Competitor(
      Lab lab,
      WorkerProcess worker,
      DescribeJob.Description description,
      @Nullable Tag filter,
      Judge judge) {
    this.lab = lab;
    this.worker = worker;
    this.description = description;
    this.filter = filter;
    this.judge = judge;
  }

  /** Starts a contender's process and opens its indexes. */
  static Competitor start(
      Lab lab, String contender, Layout layout, @Nullable Tag filter, Judge judge)
      throws IOException {
    WorkerProcess worker = lab.searcher(contender);
    try {
      DescribeJob.Description description = worker.ask(new DescribeJob(lab.set().base().size()));
      for (String index : description.indexes()) {
        IndexStore.Stored stored = lab.index(contender, index, layout, description);
        worker.ask(new OpenJob(index, stored.files().toString()));
      }
      return new Competitor(lab, worker, description, filter, judge);
    } catch (IOException | RuntimeException e) {
      worker.close();
      throw e;
    }
  }

  /** Searches until the JVM has come to rest. */
  void warmUp() throws IOException {
    List<Setting> settings = new ArrayList<>(List.of(description.defaults()));
    List<Ladder> ladders = description.ladders();
    int step = (ladders.size() + WARMING - 1) / WARMING;
    for (int i = 0; i < ladders.size(); i += step) {
      List<Setting> rungs = ladders.get(i).rungs();
      settings.add(rungs.get(rungs.size() / 2));
    }
    double seconds = lab.settings().effort().warmUpSeconds();
    WarmUpJob.Warmth warmth = worker.ask(new WarmUpJob(settings, filter, seconds / 4, seconds));
    lab.say(
        "%s: warm after %.1f s, %.1f times as fast as at first",
        worker.contender(), warmth.seconds(), warmth.speedUp());
  }

  /** Tries settings on one half of the queries and keeps those worth reporting. */
  void tune() throws IOException {
    Map<String, List<Trial>> trials = new LinkedHashMap<>();
    for (Ladder ladder : description.ladders()) {
      for (Trial trial : Climb.up(ladder, this::attempt)) {
        trials.computeIfAbsent(trial.setting().index(), _ -> new ArrayList<>()).add(trial);
      }
    }
    samples.put(attempt(description.defaults()), new ArrayList<>());
    int tried = 0;
    for (List<Trial> ofIndex : trials.values()) {
      tried += ofIndex.size();
      for (Trial trial : Shortlist.of(ofIndex, lab.settings().effort().curvePoints())) {
        if (!trial.setting().equals(description.defaults())) {
          samples.put(trial, new ArrayList<>());
        }
      }
    }
    lab.say("%s: %d settings tried, %d kept", worker.contender(), tried, samples.size());
  }

  private Trial attempt(Setting setting) throws IOException {
    MeasureJob.Measured measured =
        measure(setting, Half.TUNING, lab.settings().effort().trialSeconds());
    double recall = judge.recall(Half.TUNING, lab.queries(), measured.rows());
    return new Trial(setting, recall, measured.cpuMicros());
  }

  /** Measures the kept settings once on the other half. */
  void takeTurn() throws IOException {
    for (Map.Entry<Trial, List<MeasureJob.Measured>> kept : samples.entrySet()) {
      kept.getValue()
          .add(
              measure(
                  kept.getKey().setting(), Half.REPORT, lab.settings().effort().reportSeconds()));
    }
  }

  private MeasureJob.Measured measure(Setting setting, Half half, double seconds)
      throws IOException {
    return worker.ask(new MeasureJob(setting, half, filter, seconds));
  }

  /** Returns a curve per index. */
  List<Curve> curves() throws IOException {
    Map<String, List<Point>> points = new LinkedHashMap<>();
    for (Map.Entry<Trial, List<MeasureJob.Measured>> kept : samples.entrySet()) {
      Trial trial = kept.getKey();
      double recall = judge.recall(Half.REPORT, lab.queries(), kept.getValue().getFirst().rows());
      points
          .computeIfAbsent(trial.setting().index(), _ -> new ArrayList<>())
          .add(
              Points.of(
                  trial, recall, kept.getValue(), trial.setting().equals(description.defaults())));
    }
    List<Curve> curves = new ArrayList<>();
    points.forEach((index, ofIndex) ->
        curves.add(
            new Curve((worker.contender() + " " + index).strip(), description.family(), ofIndex)));
    return curves;
  }

  @Override
  public void close() throws IOException {
    worker.close();
  }
}

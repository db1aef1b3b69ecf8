// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Ladder;
import io.github.luceneivf.benchmarks.contender.Setting;
import io.github.luceneivf.benchmarks.report.Curve;
import io.github.luceneivf.benchmarks.report.Point;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One contender in one scenario: warmed up, tuned, measured again and again, and in the end turned
 * into curves. Not thread-safe; the caller closes it, which ends its process.
 */
final class ContenderRun implements Closeable {

  /** Ladders of which one setting warms up. */
  private static final int WARMING = 8;

  private final BenchContext context;
  private final WorkerProcess worker;
  private final DescribeJob.Description description;
  private final Contest contest;
  private final Map<String, Path> folders = new LinkedHashMap<>();
  private final Map<Trial, List<Measured>> samples = new LinkedHashMap<>();

  private ContenderRun(
      BenchContext context,
      WorkerProcess worker,
      DescribeJob.Description description,
      Contest contest) {
    this.context = context;
    this.worker = worker;
    this.description = description;
    this.contest = contest;
  }

  /** Measures a setting in another way than the usual, which is done. */
  interface Measurement {
    Measured of(Setting setting, Measured warm) throws IOException;
  }

  /** Starts a contender's process and opens its indexes; empty if it cannot do what is asked. */
  static Optional<ContenderRun> start(BenchContext context, String contender, Contest contest)
      throws IOException {
    DescribeJob describe = new DescribeJob(context.set().base().size(), contest.layout());
    WorkerProcess worker = context.searcher(contender);
    try {
      ContenderRun run = new ContenderRun(context, worker, worker.ask(describe), contest);
      if (!run.description.supported()) {
        context.say("%s is left out: it cannot do this", contender);
        worker.close();
        return Optional.empty();
      }
      for (String index : run.indexes()) {
        run.folders.put(
            index, context.index(contender, index, contest.layout(), run.description).files());
      }
      run.openIndexes();
      return Optional.of(run);
    } catch (IOException | RuntimeException e) {
      worker.close();
      throw e;
    }
  }

  private List<String> indexes() {
    List<String> all = description.indexes();
    return contest.breadth() == Contest.Breadth.ALL
        ? all
        : Stream.of(all.getFirst(), all.getLast()).distinct().toList();
  }

  /** Returns the ladders of its indexes that are open. */
  List<Ladder> ladders() {
    return description.ladders().stream()
        .filter(ladder -> folders.containsKey(ladder.rungs().getFirst().index()))
        .toList();
  }

  /** Returns what it says of itself. */
  DescribeJob.Description description() {
    return description;
  }

  /** Returns its process. */
  WorkerProcess worker() {
    return worker;
  }

  /** Opens its indexes. */
  void openIndexes() throws IOException {
    for (Map.Entry<String, Path> folder : folders.entrySet()) {
      worker.ask(new OpenJob(folder.getKey(), folder.getValue().toString()));
    }
  }

  /** Closes its indexes and drops their pages. */
  void closeIndexes() throws IOException {
    worker.ask(new CloseJob());
    for (Path folder : folders.values()) {
      PageCache.drop(folder);
    }
  }

  /** Searches until the JVM has come to rest. */
  void warmUp() throws IOException {
    List<Setting> settings = new ArrayList<>(List.of(description.defaults()));
    List<Ladder> ladders = ladders();
    int step = (ladders.size() + WARMING - 1) / WARMING;
    for (int i = 0; i < ladders.size(); i += step) {
      List<Setting> rungs = ladders.get(i).rungs();
      settings.add(rungs.get(rungs.size() / 2));
    }
    double seconds = context.settings().effort().warmUpSeconds();
    WarmUpJob.Warmth warmth = worker.ask(new WarmUpJob(settings, seconds / 4, seconds));
    context.say(
        "%s: warm after %.1f s, %.1f times as fast as at first",
        worker.contender(), warmth.seconds(), warmth.speedUp());
  }

  /** Tries settings on one half of the queries and keeps those worth reporting. */
  void tune() throws IOException {
    Map<String, List<Trial>> trials = new LinkedHashMap<>();
    for (Ladder ladder : ladders()) {
      List<Trial> ofIndex =
          trials.computeIfAbsent(ladder.rungs().getFirst().index(), _ -> new ArrayList<>());
      ofIndex.addAll(Climb.up(ladder, Shortlist.slowest(ofIndex), this::attempt));
    }
    samples.put(attempt(description.defaults()), new ArrayList<>());
    int tried = 0;
    for (List<Trial> ofIndex : trials.values()) {
      tried += ofIndex.size();
      for (Trial trial : Shortlist.of(ofIndex, curvePoints())) {
        if (!trial.setting().equals(description.defaults())) {
          samples.put(trial, new ArrayList<>());
        }
      }
    }
    context.say("%s: %d settings tried, %d kept", worker.contender(), tried, samples.size());
  }

  private Trial attempt(Setting setting) throws IOException {
    Measured measured = measure(setting, Half.TUNING, context.settings().effort().trialSeconds());
    double recall = contest.judge().recall(Half.TUNING, context.queries(), measured.rows());
    return new Trial(setting, recall, measured.times().cpu());
  }

  private int curvePoints() {
    return contest.breadth() == Contest.Breadth.TARGETS
        ? 0
        : context.settings().effort().curvePoints();
  }

  /** Measures the kept settings once on the other half: warm, then in another way. */
  void measureEach(Measurement other) throws IOException {
    for (Map.Entry<Trial, List<Measured>> kept : samples.entrySet()) {
      Setting setting = kept.getKey().setting();
      Measured warm = measure(setting, Half.REPORT, context.settings().effort().reportSeconds());
      kept.getValue().add(other.of(setting, warm));
    }
  }

  /** Replaces the last measurement of each setting. */
  void measureAgain(Measurement other) throws IOException {
    for (Map.Entry<Trial, List<Measured>> kept : samples.entrySet()) {
      List<Measured> measured = kept.getValue();
      measured.add(other.of(kept.getKey().setting(), measured.removeLast()));
    }
  }

  private Measured measure(Setting setting, Half half, double seconds) throws IOException {
    return worker.ask(new MeasureJob(setting, half, null, seconds));
  }

  /** Returns a curve per index. */
  List<Curve> curves() throws IOException {
    Map<String, List<Point>> points = new LinkedHashMap<>();
    for (Map.Entry<Trial, List<Measured>> kept : samples.entrySet()) {
      Trial trial = kept.getKey();
      double recall =
          contest.judge().recall(Half.REPORT, context.queries(), kept.getValue().getFirst().rows());
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

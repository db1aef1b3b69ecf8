// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.data.DataSets;
import io.github.luceneivf.benchmarks.filter.Restriction;
import io.github.luceneivf.benchmarks.report.Curve;
import io.github.luceneivf.benchmarks.report.DataSetResult;
import io.github.luceneivf.benchmarks.report.Family;
import io.github.luceneivf.benchmarks.report.FilterResult;
import io.github.luceneivf.benchmarks.report.MergeResult;
import io.github.luceneivf.benchmarks.report.Point;
import io.github.luceneivf.benchmarks.report.TrafficResult;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole of a run, with processes, over a small set. */
class BenchRunTest {

  @TempDir Path work;

  private DataSetResult run(Scenario... scenarios) throws IOException {
    Progress quiet = new Progress(new PrintStream(OutputStream.nullOutputStream()));
    Roster roster = Roster.open(null, quiet);
    BenchSettings settings =
        new BenchSettings(
            roster,
            roster.matching(List.of("ivf-bit1", "exact")),
            40,
            BenchSettings.Effort.QUICK,
            work,
            quiet);
    DataSet set = new DataSets(work, work.resolve("generated")).open("clustered-3000x16");
    return BenchRun.run(settings, set, List.of(scenarios));
  }

  @Test
  void contendersAreTunedMeasuredAndReported() throws IOException {
    DataSetResult result = run(Scenario.SINGLE, Scenario.DELETED, Scenario.BUILD, Scenario.OPENING);
    assertEquals(List.of(), result.failures());
    assertEquals(2, result.scenarios().size());
    result.scenarios().forEach(scenario -> assertEquals(2, scenario.curves().size()));
    Curve exact = result.scenarios().getFirst().curves().getLast();
    assertEquals(List.of(1.0), exact.points().stream().map(Point::recall).toList());
    Curve ours = result.scenarios().getFirst().curves().getFirst();
    assertTrue(ours.points().stream().anyMatch(Point::isDefault));
    assertTrue(ours.points().stream().anyMatch(point -> point.recall() > 0.9));
    assertEquals(2, result.builds().size());
    result.builds().forEach(build -> assertTrue(build.bytes() > 3000 * 16 * Float.BYTES));
    assertEquals(2, result.openings().size());
    result
        .openings()
        .forEach(opening -> {
          assertTrue(opening.openMillis() > 0 && opening.firstMillis() > 0);
          assertTrue(opening.next9Millis() > 0 && opening.reopenFirstMillis() > 0);
          assertTrue(opening.next90Millis() > 0);
          assertTrue(Double.isNaN(opening.next900Millis()), "20 queries are asked");
        });
  }

  @Test
  void mergesAreMeasuredBesideThoseOfVectorsOnly() throws IOException {
    DataSetResult result = run(Scenario.MERGING, Scenario.SHARED);
    assertEquals(List.of(), result.failures());
    assertEquals(
        List.of("ivf-bit1", "exact"),
        result.merges().stream().map(MergeResult::contender).toList());
    MergeResult ours = result.merges().getFirst();
    MergeResult exact = result.merges().getLast();
    long vectors = 3000 * 16 * Float.BYTES;
    assertTrue(exact.mergeWrittenBytes() > vectors, () -> "got: " + exact);
    assertTrue(ours.mergeWrittenBytes() > exact.mergeWrittenBytes(), () -> "got: " + ours);
    assertTrue(ours.mergeWrittenBytes() < 2 * vectors, () -> "got: " + ours);
    assertTrue(ours.learnSeconds() > 0 && exact.learnSeconds() == 0, () -> "got: " + ours);
    assertTrue(ours.flushCpuSeconds() > 0 && ours.mergeSeconds() > 0, () -> "got: " + ours);
    assertEquals(2, result.scenarios().getFirst().curves().size());
  }

  @Test
  void filtersAreMeasuredOverEveryLayoutCachedAndNot() throws IOException {
    DataSetResult result = run(Scenario.FILTERS);
    assertEquals(List.of(), result.failures());
    List<FilterResult> ours =
        result.filters().stream()
            .filter(one -> one.family() == Family.OURS && !one.tuned())
            .toList();
    // No filter is not cached.
    int filters = Restriction.values().length - 1;
    assertEquals(4 * (1 + 2 * filters), ours.size());
    long peers = result.filters().stream().filter(one -> one.family().isPeer()).count();
    assertEquals(ours.size(), peers, "the exact scan finds all");
    for (FilterResult one : ours) {
      FilterResult tuned = one.tuned(result.filters()).orElseThrow();
      assertTrue(tuned.settings().contains("nprobe"), () -> "got: " + tuned);
    }
    for (FilterResult one : result.filters()) {
      assertTrue(one.speed().costToNone() > 0, () -> "got: " + one);
      assertTrue(one.found().recall() > 0.9, () -> "got: " + one);
      boolean deleted = one.circumstances().index().endsWith("deleted");
      if (one.circumstances().filter().equals("no filter")) {
        assertEquals(deleted ? 2_400 : 3_000, one.circumstances().matches(), 150);
        assertEquals(1, one.speed().costToNone());
      }
      assertTrue(one.ratioToBestPeer(result.filters()) > 0, () -> "got: " + one);
    }
  }

  @Test
  void searchGoesOnWhileSegmentsAreMerged() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/taskset")), "cores cannot be chosen here");
    assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "there is one core");
    DataSetResult result = run(Scenario.TRAFFIC);
    assertEquals(List.of(), result.failures());
    assertEquals(
        List.of("this process", "sidecar"),
        result.traffic().stream().map(TrafficResult::trainedBy).toList());
    result
        .traffic()
        .forEach(traffic -> {
          assertTrue(traffic.idleP50Micros() > 0, () -> "got: " + traffic);
          assertTrue(traffic.mergingP99Micros() >= traffic.mergingP50Micros());
          assertTrue(traffic.mergeSeconds() > 0, () -> "got: " + traffic);
        });
  }

  @Test
  void mergesAreGivenUpHereAndWithASidecar() throws IOException {
    DataSetResult result = run(Scenario.ABORT);
    assertEquals(List.of(), result.failures());
    assertEquals(
        List.of("ivf-bit1 this process", "ivf-bit1 sidecar", "exact this process"),
        result.aborts().stream()
            .map(abort -> abort.contender() + " " + abort.trainedBy())
            .distinct()
            .toList());
    result
        .aborts()
        .forEach(abort -> {
          assertTrue(abort.aborts() > 0, () -> "got: " + abort);
          assertTrue(abort.maxMillis() >= abort.p50Millis(), () -> "got: " + abort);
        });
  }

  @Test
  void recallIsFollowedThroughChanges() throws IOException {
    DataSetResult result = run(Scenario.DECAY);
    assertEquals(List.of(), result.failures());
    assertEquals(2, result.decays().size());
    result.decays().forEach(decay -> assertEquals(51, decay.rounds().size()));
    result
        .decays()
        .getLast()
        .rounds()
        .forEach(round -> assertEquals(1, round.recall(), () -> "exact, got: " + round));
    assertTrue(result.decays().getFirst().rounds().getLast().recall() >= 0.9);
  }

  @Test
  void theOthersGoOnWhenAContenderFails() throws IOException {
    run(Scenario.BUILD);
    List<Path> files;
    try (Stream<Path> all = Files.walk(work.resolve("indexes"))) {
      files = all.filter(file -> file.toString().contains("/exact/")).toList();
    }
    for (Path file : files) {
      if (file.getFileName().toString().startsWith("segments")) {
        Files.delete(file);
      }
    }
    DataSetResult result = run(Scenario.SINGLE, Scenario.OPENING);
    assertEquals(2, result.failures().size());
    assertTrue(result.failures().getFirst().startsWith("one segment: exact: "));
    assertEquals(1, result.scenarios().getFirst().curves().size());
    assertEquals(1, result.openings().size());
  }
}

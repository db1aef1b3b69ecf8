// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Layout;
import io.github.luceneivf.benchmarks.contender.RowFilter;
import io.github.luceneivf.benchmarks.contender.RowSets;
import io.github.luceneivf.benchmarks.contender.Tag;
import io.github.luceneivf.benchmarks.filter.FilterTruth;
import io.github.luceneivf.benchmarks.filter.Restriction;
import io.github.luceneivf.benchmarks.filter.RowNearness;
import io.github.luceneivf.benchmarks.report.FilterResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * Search under filters of every kind: over one segment and ten of an index that knew its rows
 * before, with and without a fifth of it deleted, with the filter cached and not. In each layout a
 * contender has one process for all filters.
 */
final class FiltersScenario {

  private static final List<Boolean> ONCE = List.of(false);
  private static final List<Boolean> TWICE = List.of(false, true);

  private static final Map<Layout, String> LAYOUTS = new LinkedHashMap<>();

  static {
    LAYOUTS.put(Layout.FLUSHED, "1 segment");
    LAYOUTS.put(Layout.WITH_DELETES, "1 segment, 20 % deleted");
    LAYOUTS.put(Layout.SHARED, "10 segments");
    LAYOUTS.put(Layout.SHARED_WITH_DELETES, "10 segments, 20 % deleted");
  }

  private final BenchContext context;
  private final Findings findings;
  private final RowNearness rows;
  private final byte[] tags;
  private final Path folder;

  private FiltersScenario(BenchContext context, Findings findings) throws IOException {
    this.context = context;
    this.findings = findings;
    this.rows = RowNearness.of(context.set());
    this.tags = context.tags();
    this.folder = Files.createDirectories(context.vectors().resolve("filters"));
  }

  /** Runs the scenario. */
  static void run(BenchContext context, Findings findings) throws IOException {
    FiltersScenario scenario = new FiltersScenario(context, findings);
    try {
      for (Layout layout : LAYOUTS.keySet()) {
        scenario.run(layout);
      }
    } finally {
      IOUtils.rm(scenario.folder);
    }
  }

  private void run(Layout layout) throws IOException {
    List<FilterRun> started = new ArrayList<>();
    String index = LAYOUTS.getOrDefault(layout, layout.toString());
    try {
      for (String contender : context.settings().contenders()) {
        context.attempt(
            findings, index, contender, () -> start(layout, contender).ifPresent(started::add));
      }
      Turns<FilterRun> turns = new Turns<>(index, context, findings, started, FilterRun::contender);
      turns.each(FilterRun::warmUp);
      FixedBitSet live = live(layout);
      for (Restriction restriction : Restriction.values()) {
        Optional<RowSets> sets = restriction.sets(rows, tags);
        if (sets.isEmpty()) {
          context.say("%s: %s is left out: there are no labels", index, restriction.title());
          continue;
        }
        Path file = folder.resolve(restriction + ".bits");
        sets.get().write(file);
        measure(index, restriction, file, new FilterTruth(rows, sets.get(), live), turns);
      }
    } finally {
      IOUtils.close(started);
    }
  }

  private Optional<FilterRun> start(Layout layout, String contender) throws IOException {
    Contest contest = new Contest(layout, context.judge(), Contest.Breadth.TARGETS);
    Optional<ContenderRun> run = ContenderRun.start(context, contender, contest);
    if (run.isPresent() && !run.get().description().filters()) {
      context.say("%s is left out: it has no filters", contender);
      run.get().close();
      return Optional.empty();
    }
    return run.map(one -> new FilterRun(context, one));
  }

  private FixedBitSet live(Layout layout) {
    FixedBitSet live = new FixedBitSet(rows.rows());
    for (int row = 0; row < rows.rows(); row++) {
      if (layout.whole() == null || !Tag.DELETED.isIn(tags[row])) {
        live.set(row);
      }
    }
    return live;
  }

  private void measure(
      String index, Restriction restriction, Path file, FilterTruth truth, Turns<FilterRun> turns)
      throws IOException {
    context.say("%s: %s, %.0f rows", index, restriction.title(), truth.matches());
    @Nullable RowFilter iterated = restriction == Restriction.NONE ? null : filter(file, false);
    turns.each(run -> run.tune(iterated, truth));
    int repetitions = context.settings().effort().repetitions();
    for (boolean cached : restriction == Restriction.NONE ? ONCE : TWICE) {
      @Nullable RowFilter filter = iterated == null ? null : filter(file, cached);
      for (int repetition = 0; repetition < repetitions; repetition++) {
        turns.round(repetition, repetitions, run -> run.measure(filter));
      }
      FilterResult.Circumstances circumstances =
          new FilterResult.Circumstances(index, restriction.title(), cached, truth.matches());
      for (FilterRun run : turns.fit()) {
        findings.filters().addAll(run.results(circumstances, truth));
      }
    }
  }

  private static RowFilter filter(Path file, boolean cached) {
    return new RowFilter(file.toString(), cached);
  }
}

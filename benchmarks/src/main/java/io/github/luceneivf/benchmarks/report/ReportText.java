// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import com.google.errorprone.annotations.FormatMethod;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** A report as tables of text: who is how fast at which recall, and what indexes cost. */
public final class ReportText {

  static final String NONE = "-";

  /** Rounds of an index that changes in the table, beside the first. */
  private static final int SHOWN_ROUNDS = 5;

  private ReportText() {}

  /** Returns all tables. */
  public static String of(BenchReport report) {
    StringBuilder text = new StringBuilder();
    Machine machine = report.machine();
    text.append(machine.cpu()).append(", ").append(machine.java()).append('\n');
    for (DataSetResult set : report.dataSets()) {
      text.append(
          format(
              "\n%s: %,d x %d, %s, %,d queries\n",
              set.name(), set.vectors(), set.dim(), set.metric(), set.queries()));
      for (ScenarioResult scenario : set.scenarios()) {
        text.append(format("\n%s, queries per second at recall\n", scenario.name()));
        text.append(targets(scenario)).append('\n');
      }
      if (!set.builds().isEmpty()) {
        text.append("\nindexes\n").append(builds(set.builds())).append('\n');
      }
      if (!set.openings().isEmpty()) {
        text.append("\njust opened, milliseconds by the clock on the wall\n");
        text.append(openings(set.openings())).append('\n');
      }
      if (!set.merges().isEmpty()) {
        text.append("\nten flushes and a merge of an index that knows its rows\n");
        text.append(merges(set.merges())).append('\n');
      }
      if (!set.traffic().isEmpty()) {
        text.append("\nsearch on one core while ten segments are merged, microseconds\n");
        text.append(traffic(set.traffic())).append('\n');
      }
      if (!set.aborts().isEmpty()) {
        text.append("\nmerges of ten segments given up, milliseconds until the writer had\n");
        text.append(aborts(set.aborts())).append('\n');
      }
      if (!set.decays().isEmpty()) {
        text.append("\nrecall@10 after rounds of 1 % deletes, 1 % inserts and a merge\n");
        text.append(decays(set.decays())).append('\n');
      }
      text.append(FilterTable.of(set.filters()));
      set.failures().forEach(failure -> text.append("\nfailed: ").append(failure).append('\n'));
    }
    return text.toString();
  }

  /** Returns the contenders that reach any of the recalls, the fastest first, then the others. */
  static String targets(ScenarioResult scenario) {
    List<List<Target>> columns =
        Target.RECALLS.stream().map(recall -> Target.all(scenario, recall)).toList();
    Set<String> names = new LinkedHashSet<>();
    columns.forEach(column -> column.forEach(target -> names.add(target.contender())));
    scenario.curves().forEach(curve -> names.add(curve.contender()));
    List<ColumnData<String>> table = new ArrayList<>();
    table.add(left("contender", name -> name));
    for (int i = 0; i < columns.size(); i++) {
      List<Target> column = columns.get(i);
      table.add(
          right(
              format("%.2f", Target.RECALLS.get(i)),
              name -> cell(column, name, target -> format("%,.0f", target.point().qpsMedian()))));
      table.add(right("x peer", name -> cell(column, name, ReportText::ratio)));
      table.add(right("p99 us", name -> cell(column, name, t -> figure(t.point().p99Micros()))));
    }
    return AsciiTable.getTable(AsciiTable.NO_BORDERS, names, table);
  }

  private static String cell(List<Target> column, String name, Function<Target, String> text) {
    return column.stream()
        .filter(target -> target.contender().equals(name))
        .map(text)
        .findFirst()
        .orElse(NONE);
  }

  private static String ratio(Target target) {
    double ratio = target.ratioToBestPeer();
    return Double.isNaN(ratio) ? NONE : format("%.2f", ratio);
  }

  private static String builds(List<BuildResult> builds) {
    return AsciiTable.getTable(
        AsciiTable.NO_BORDERS,
        builds,
        List.of(
            left("index", BuildResult::contender),
            right("build s", build -> seconds(build.seconds())),
            right("CPU s", build -> seconds(build.cpuSeconds())),
            right("force merge s", build -> seconds(build.forceMergeSeconds())),
            right("heap peak MB", build -> megabytes(build.heapPeakBytes())),
            right("MB but vectors", build -> megabytes(build.structureBytes())),
            right("MB on disk", build -> megabytes(build.bytes()))));
  }

  private static String openings(List<OpeningResult> openings) {
    return AsciiTable.getTable(
        AsciiTable.NO_BORDERS,
        openings,
        List.of(
            left("index", OpeningResult::contender),
            right("open", opening -> hundredths(opening.openMillis())),
            right("query 1", opening -> hundredths(opening.firstMillis())),
            right("2-10", opening -> hundredths(opening.next9Millis())),
            right("11-100", opening -> hundredths(opening.next90Millis())),
            right("101-1000", opening -> hundredths(opening.next900Millis())),
            right("reopen", opening -> hundredths(opening.reopenMillis())),
            right("query 1", opening -> hundredths(opening.reopenFirstMillis()))));
  }

  private static String merges(List<MergeResult> merges) {
    MergeResult floor = MergeResult.floor(merges).orElse(null);
    return AsciiTable.getTable(
        AsciiTable.NO_BORDERS,
        merges,
        List.of(
            left("index", MergeResult::contender),
            right("flush s", merge -> hundredths(merge.flushSeconds())),
            right("x exact", merge -> times(merge, floor, MergeResult::flushSeconds)),
            right("CPU s", merge -> hundredths(merge.flushCpuSeconds())),
            right("x exact", merge -> times(merge, floor, MergeResult::flushCpuSeconds)),
            right("merge s", merge -> hundredths(merge.mergeSeconds())),
            right("x exact", merge -> times(merge, floor, MergeResult::mergeSeconds)),
            right("CPU s", merge -> hundredths(merge.mergeCpuSeconds())),
            right("x exact", merge -> times(merge, floor, MergeResult::mergeCpuSeconds)),
            right("MB written", merge -> megabytes(merge.mergeWrittenBytes())),
            right("x exact", merge -> times(merge, floor, MergeResult::mergeWrittenBytes)),
            right("learnt in s", merge -> seconds(merge.learnSeconds())),
            right("heap peak MB", merge -> megabytes(merge.mergeHeapBytes()))));
  }

  private static String traffic(List<TrafficResult> traffic) {
    return AsciiTable.getTable(
        AsciiTable.NO_BORDERS,
        traffic,
        List.of(
            left("index", TrafficResult::contender),
            left("trained by", TrafficResult::trainedBy),
            right("idle p50", result -> figure(result.idleP50Micros())),
            right("idle p99", result -> figure(result.idleP99Micros())),
            right("merging p50", result -> figure(result.mergingP50Micros())),
            right("merging p99", result -> figure(result.mergingP99Micros())),
            right("x idle", r -> hundredths(r.mergingP99Micros() / r.idleP99Micros())),
            right("slow/merge", result -> seconds(result.slowPerMerge())),
            right("merge s", result -> seconds(result.mergeSeconds()))));
  }

  private static String aborts(List<AbortResult> aborts) {
    return AsciiTable.getTable(
        AsciiTable.NO_BORDERS,
        aborts,
        List.of(
            left("index", AbortResult::contender),
            left("trained by", AbortResult::trainedBy),
            left("given up while", AbortResult::phase),
            right("times", abort -> figure(abort.aborts())),
            right("p50 ms", abort -> seconds(abort.p50Millis())),
            right("max ms", abort -> seconds(abort.maxMillis()))));
  }

  private static String decays(List<DecayResult> decays) {
    List<ColumnData<DecayResult>> table = new ArrayList<>();
    table.add(left("index", DecayResult::contender));
    int last = decays.stream().mapToInt(decay -> decay.rounds().size()).max().orElse(1) - 1;
    for (int i = 0; i <= SHOWN_ROUNDS; i++) {
      int round = i * last / SHOWN_ROUNDS;
      table.add(
          right(
              "round " + round,
              decay ->
                  round < decay.rounds().size()
                      ? format("%.4f", decay.rounds().get(round).recall())
                      : NONE));
    }
    table.add(right("lowest", decay -> format("%.4f", decay.lowest())));
    table.add(right("change", decay -> format("%+.4f", decay.change())));
    table.add(right("merge s", d -> hundredths(mean(d, DecayResult.Round::mergeSeconds))));
    table.add(right("query us", d -> figure(mean(d, DecayResult.Round::micros))));
    return AsciiTable.getTable(AsciiTable.NO_BORDERS, decays, table);
  }

  private static double mean(DecayResult decay, ToDoubleFunction<DecayResult.Round> figure) {
    return decay.rounds().stream().skip(1).mapToDouble(figure).average().orElse(Double.NaN);
  }

  private static String times(
      MergeResult merge, @Nullable MergeResult floor, ToDoubleFunction<MergeResult> figure) {
    return floor == null
        ? NONE
        : format("%.2f", figure.applyAsDouble(merge) / figure.applyAsDouble(floor));
  }

  private static String hundredths(double value) {
    return Double.isNaN(value) ? NONE : format("%,.2f", value);
  }

  private static String figure(double value) {
    return Double.isNaN(value) ? NONE : format("%,.0f", value);
  }

  private static String seconds(double value) {
    return Double.isNaN(value) ? NONE : format("%,.1f", value);
  }

  private static String megabytes(long bytes) {
    return bytes == 0 ? NONE : format("%,.1f", bytes / 1e6);
  }

  @FormatMethod
  static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  static <T> ColumnData<T> left(String header, Function<T, String> text) {
    return column(header, HorizontalAlign.LEFT, text);
  }

  static <T> ColumnData<T> right(String header, Function<T, String> text) {
    return column(header, HorizontalAlign.RIGHT, text);
  }

  private static <T> ColumnData<T> column(
      String header, HorizontalAlign align, Function<T, String> text) {
    return new Column().header(header).headerAlign(align).dataAlign(align).with(text);
  }
}

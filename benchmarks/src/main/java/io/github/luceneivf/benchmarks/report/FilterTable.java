// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.ColumnData;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Search under filters as text: a table for each index, a line for each filter and one of ours. */
final class FilterTable {

  private FilterTable() {}

  /** Returns all tables, each under a title. */
  static String of(List<FilterResult> results) {
    Map<String, List<FilterResult>> byIndex = new LinkedHashMap<>();
    for (FilterResult result : results) {
      byIndex.computeIfAbsent(result.circumstances().index(), _ -> new ArrayList<>()).add(result);
    }
    StringBuilder text = new StringBuilder();
    byIndex.forEach((index, ofIndex) ->
        text.append("\nfilters, ")
            .append(index)
            .append(
                ": ours with nothing set and at recall .95, peers at recall .95; queries per second\n")
            .append(table(ofIndex))
            .append('\n'));
    return text.toString();
  }

  private static String table(List<FilterResult> all) {
    List<ColumnData<FilterResult>> columns =
        new ArrayList<>(
            List.of(
                ReportText.left("filter", FilterTable::filter),
                ReportText.right("matches", result -> rounded(result.circumstances().matches())),
                ReportText.left("index", FilterResult::contender),
                ReportText.right("recall", result -> share(result.found().recall())),
                ReportText.right("5 %", result -> share(result.found().recall5())),
                ReportText.right("short", result -> share(result.found().shortShare())),
                ReportText.right("QPS", result -> rounded(result.speed().qpsMedian())),
                ReportText.right("x no filter", result -> times(result.speed().costToNone()))));
    for (Family family : Family.values()) {
      if (family.isPeer() && all.stream().anyMatch(result -> result.family() == family)) {
        columns.add(
            ReportText.right(
                family.title(),
                result -> peer(result, all, family, o -> rounded(o.speed().qpsMedian()))));
        columns.add(
            ReportText.right(
                "x no filter",
                result -> peer(result, all, family, o -> times(o.speed().costToNone()))));
      }
    }
    columns.add(ReportText.right("x peer", result -> times(result.ratioToBestPeer(all))));
    columns.add(
        ReportText.right(
            "at .95", result -> tuned(result, all, o -> rounded(o.speed().qpsMedian()))));
    columns.add(
        ReportText.right(
            "x peer", result -> tuned(result, all, o -> times(o.ratioToBestPeer(all)))));
    List<FilterResult> ours =
        all.stream().filter(result -> !result.family().isPeer() && !result.tuned()).toList();
    return AsciiTable.getTable(AsciiTable.NO_BORDERS, ours.isEmpty() ? all : ours, columns);
  }

  private static String filter(FilterResult result) {
    FilterResult.Circumstances circumstances = result.circumstances();
    return circumstances.filter() + (circumstances.cached() ? ", cached" : "");
  }

  private static String peer(
      FilterResult result,
      List<FilterResult> all,
      Family family,
      Function<FilterResult, String> text) {
    return result.fastest(all, family).map(text).orElse(ReportText.NONE);
  }

  private static String tuned(
      FilterResult result, List<FilterResult> all, Function<FilterResult, String> text) {
    return result.tuned(all).map(text).orElse(ReportText.NONE);
  }

  private static String rounded(double value) {
    return ReportText.format("%,.0f", value);
  }

  private static String share(double value) {
    return ReportText.format("%.3f", value);
  }

  private static String times(double value) {
    return Double.isNaN(value) ? ReportText.NONE : ReportText.format("%.2f", value);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.recall;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** A report as text. Stateless. */
final class RecallText {

  private RecallText() {}

  static String of(RecallReport report) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%nfield %s of %s: %,d vectors of %d dimensions, %s%nasked: %s%n%n",
            report.field(),
            report.index(),
            report.vectors(),
            report.dim(),
            report.similarity(),
            report.queries()));
    text.append(figures(report.figures())).append(System.lineSeparator());
    text.append(
        "95 %: where the true mean lies with this confidence; worst 5 %: recall that one query in"
            + " twenty does not exceed;\nnothing: share of queries that find no true neighbour;"
            + " looked at: vectors for a query; estimated: by the searches themselves.\n");
    text.append(System.lineSeparator()).append(formats(report.formats()));
    text.append(System.lineSeparator());
    report.advice().forEach(line -> text.append(System.lineSeparator()).append("- ").append(line));
    return text.append(System.lineSeparator()).toString();
  }

  private static String figures(List<RecallFigure> figures) {
    return AsciiTable.getTable(
        AsciiTable.NO_BORDERS,
        figures,
        List.of(
            right("k", f -> Integer.toString(f.k())),
            left("setting", RecallFigure::setting),
            right("recall", f -> number(f.mean())),
            left("95 %", f -> number(f.low()) + " to " + number(f.high())),
            right("worst 5 %", f -> number(f.fifth())),
            right("nothing", f -> percent(f.nothing())),
            right("looked at", f -> count(f.looked())),
            right("estimated", f -> number(f.estimated()))));
  }

  private static String formats(List<FormatShare> shares) {
    return AsciiTable.getTable(
        AsciiTable.NO_BORDERS,
        shares,
        List.of(
            left("by format, default", FormatShare::format),
            right("segments", s -> Integer.toString(s.segments())),
            right("vectors", s -> count(s.vectors())),
            right("k", s -> Integer.toString(s.k())),
            right("found", s -> number(s.found()))));
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4f", value);
  }

  private static String percent(double value) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * value);
  }

  private static String count(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%,.0f", value);
  }

  private static <T> ColumnData<T> left(String name, Function<T, String> text) {
    return new Column()
        .header(name)
        .headerAlign(HorizontalAlign.LEFT)
        .dataAlign(HorizontalAlign.LEFT)
        .with(text);
  }

  private static <T> ColumnData<T> right(String name, Function<T, String> text) {
    return new Column()
        .header(name)
        .headerAlign(HorizontalAlign.RIGHT)
        .dataAlign(HorizontalAlign.RIGHT)
        .with(text);
  }
}

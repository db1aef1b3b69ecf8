// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Every point of a report as a line of CSV, and every round of indexes that change as a line of
 * another; figures that were not measured are {@code NaN}.
 */
final class ReportCsv {

  private static final CsvMapper MAPPER = CsvMapper.builder().build();

  private ReportCsv() {}

  /** A line. */
  @JsonPropertyOrder({"dataSet", "scenario", "contender", "family"})
  private record Row(
      String dataSet,
      String scenario,
      String contender,
      Family family,
      @JsonUnwrapped Point point) {}

  /** A line about a filter. */
  @JsonPropertyOrder({"dataSet"})
  private record FilterRow(String dataSet, @JsonUnwrapped FilterResult result) {}

  /** Writes a line for each contender, index and filter. */
  static void writeFilters(BenchReport report, Path file) throws IOException {
    List<FilterRow> rows = new ArrayList<>();
    for (DataSetResult set : report.dataSets()) {
      set.filters().forEach(result -> rows.add(new FilterRow(set.name(), result)));
    }
    Files.writeString(
        file,
        MAPPER.writer(MAPPER.schemaFor(FilterRow.class).withHeader()).writeValueAsString(rows));
  }

  static void write(BenchReport report, Path file) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (DataSetResult set : report.dataSets()) {
      for (ScenarioResult scenario : set.scenarios()) {
        for (Curve curve : scenario.curves()) {
          for (Point point : curve.points()) {
            rows.add(
                new Row(set.name(), scenario.name(), curve.contender(), curve.family(), point));
          }
        }
      }
    }
    Files.writeString(
        file, MAPPER.writer(MAPPER.schemaFor(Row.class).withHeader()).writeValueAsString(rows));
  }

  /** A round of an index that changes. */
  @JsonPropertyOrder({"dataSet", "contender", "family"})
  private record DecayRow(
      String dataSet, String contender, Family family, @JsonUnwrapped DecayResult.Round round) {}

  /** Writes every round of the indexes that change. */
  static void writeDecay(BenchReport report, Path file) throws IOException {
    List<DecayRow> rows = new ArrayList<>();
    for (DataSetResult set : report.dataSets()) {
      for (DecayResult decay : set.decays()) {
        for (DecayResult.Round round : decay.rounds()) {
          rows.add(new DecayRow(set.name(), decay.contender(), decay.family(), round));
        }
      }
    }
    Files.writeString(
        file,
        MAPPER.writer(MAPPER.schemaFor(DecayRow.class).withHeader()).writeValueAsString(rows));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a report is written.
 *
 * @param json every figure, to be read by programs
 * @param csv every point of every curve, one a line
 * @param decay every round of every index that changes, one a line
 * @param filters search under filters, a line for each contender, index and filter
 * @param text tables, as printed
 * @param html curves and tables, to be looked at
 */
public record ReportFiles(Path json, Path csv, Path decay, Path filters, Path text, Path html) {

  /**
   * Writes a report in all its forms.
   *
   * @param folder created if it is not there
   */
  public static ReportFiles write(BenchReport report, Path folder) throws IOException {
    Files.createDirectories(folder);
    ReportFiles files =
        new ReportFiles(
            folder.resolve("bench.json"),
            folder.resolve("bench.csv"),
            folder.resolve("decay.csv"),
            folder.resolve("bench-filters.csv"),
            folder.resolve("bench.txt"),
            folder.resolve("bench.html"));
    ReportJson.write(report, files.json());
    ReportCsv.write(report, files.csv());
    ReportCsv.writeDecay(report, files.decay());
    ReportCsv.writeFilters(report, files.filters());
    Files.writeString(files.text(), ReportText.of(report));
    HtmlReport.write(report, files.html());
    return files;
  }
}

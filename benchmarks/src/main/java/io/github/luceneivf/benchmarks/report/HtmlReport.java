// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A report as one HTML file that needs nothing else: the figures as JSON, a script that draws them,
 * the chart library uPlot and the style sheets are all inside.
 */
final class HtmlReport {

  /** What its jar says of itself; the version is a part of the names inside. */
  private static final String UPLOT_FACTS = "/META-INF/maven/org.webjars.npm/uplot/pom.properties";

  /** A line {@code {{name}}} of the template stands for a resource or the figures. */
  private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z-]+)}}");

  private HtmlReport() {}

  /**
   * What the script reads.
   *
   * @param report the figures
   * @param families titles by the constants of {@link Family}
   * @param recalls the recalls of the tables
   * @param targets the fastest ways to them
   */
  private record Page(
      BenchReport report,
      Map<String, String> families,
      List<Double> recalls,
      List<TargetRow> targets) {}

  static void write(BenchReport report, Path file) throws IOException {
    Files.writeString(file, of(report));
  }

  static String of(BenchReport report) throws IOException {
    Properties facts = new Properties();
    facts.load(new StringReader(resource(UPLOT_FACTS)));
    String uplot =
        "/META-INF/resources/webjars/uplot/" + facts.getProperty("version") + "/dist/uPlot.";
    Map<String, String> parts =
        Map.of(
            "style", resource("report.css"),
            "chart-style", resource(uplot + "min.css"),
            "chart-script", resource(uplot + "iife.min.js"),
            "script", resource("report.js"),
            "chart-drawing", resource("chart.js"),
            "figures", figures(report));
    Matcher place = PLACE.matcher(resource("report.html"));
    return place.replaceAll(found -> {
      String part = parts.get(found.group(1));
      if (part == null) {
        throw new IllegalStateException("no part for " + found.group());
      }
      return Matcher.quoteReplacement(part);
    });
  }

  private static String figures(BenchReport report) throws JsonProcessingException {
    Map<String, String> families = new LinkedHashMap<>();
    for (Family family : Family.values()) {
      families.put(family.name(), family.title());
    }
    Page page = new Page(report, families, Target.RECALLS, TargetRow.of(report));
    // Inside a script element only "<" could end it.
    return ReportJson.MAPPER.writeValueAsString(page).replace("<", "\\u003c");
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("resource is missing from the class path: " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

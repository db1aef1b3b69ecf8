// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.jmh;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;

/**
 * What a run of the micro benchmarks found. Times are those of the best iteration: on a machine
 * that does other things too it is the one least disturbed.
 *
 * @param machine of processor, Java and kernel
 * @param scans every kernel over memory
 * @param assignments nearest centroids
 */
record KernelFigures(String machine, List<KernelFigure> scans, List<AssignFigure> assignments) {

  private static final Map<Long, String> SIZES =
      Map.of(Codes.L2, "L2", Codes.L3, "L3", Codes.DRAM, "DRAM");

  /** A benchmark and its best time. */
  record Timing(String method, int dim, long bytes, double nanos) {

    static Timing of(RunResult result) {
      String name = result.getParams().getBenchmark();
      String dim = result.getParams().getParam("dim");
      String bytes = result.getParams().getParam("bytes");
      return new Timing(
          name.substring(name.lastIndexOf('.') + 1),
          dim == null ? 0 : Integer.parseInt(dim),
          bytes == null ? 0 : Long.parseLong(bytes),
          result.getPrimaryResult().getStatistics().getMin());
    }
  }

  /** Turns times into figures. */
  static KernelFigures of(String machine, Collection<Timing> timings) {
    List<KernelFigure> scans = new ArrayList<>();
    List<AssignFigure> assignments = new ArrayList<>();
    for (Timing timing : timings) {
      if (timing.method().equals("nearest")) {
        double products = (double) AssignBenchmark.ROWS * AssignBenchmark.NLIST * timing.dim();
        assignments.add(
            new AssignFigure(
                timing.dim(),
                timing.nanos() / 1e3 / AssignBenchmark.ROWS,
                2 * products / timing.nanos()));
      } else {
        scans.add(scan(timing, timings));
      }
    }
    scans.sort(
        Comparator.comparingInt((KernelFigure figure) -> order(figure.kernel()))
            .thenComparingInt(KernelFigure::dim)
            .thenComparingLong(KernelFigure::bytes));
    assignments.sort(Comparator.comparingInt(AssignFigure::dim));
    return new KernelFigures(machine, List.copyOf(scans), List.copyOf(assignments));
  }

  private static KernelFigure scan(Timing timing, Collection<Timing> all) {
    Kernel kernel = Kernel.ofMethod(timing.method());
    double gigabytes = timing.bytes() / timing.nanos();
    double read =
        all.stream()
            .filter(other -> other.method().equals("read") && other.bytes() == timing.bytes())
            .mapToDouble(other -> other.bytes() / other.nanos())
            .findFirst()
            .orElse(Double.NaN);
    double vectors = (double) timing.bytes() / kernel.codeBytes(timing.dim());
    return new KernelFigure(
        kernel.title(),
        timing.dim(),
        timing.bytes(),
        timing.nanos() / vectors,
        gigabytes,
        gigabytes / read);
  }

  private static int order(String title) {
    int place = 0;
    for (Kernel kernel : Kernel.values()) {
      if (kernel.title().equals(title)) {
        return place;
      }
      place++;
    }
    return place;
  }

  /** Returns two tables in Markdown: a row for each kernel and number of dimensions. */
  String markdown() {
    StringBuilder text = new StringBuilder(machine).append("\n\n");
    List<Long> sizes = SIZES.keySet().stream().sorted().toList();
    text.append("| kernel | dim |");
    sizes.forEach(size -> text.append(" %s ns | GB/s | of read |".formatted(SIZES.get(size))));
    text.append("\n|---|--:|").append("--:|--:|--:|".repeat(sizes.size())).append('\n');
    Map<String, List<KernelFigure>> rows = new LinkedHashMap<>();
    for (KernelFigure figure : scans) {
      String head = figure.kernel() + " | " + (figure.dim() == 0 ? "" : figure.dim());
      rows.computeIfAbsent(head, _ -> new ArrayList<>()).add(figure);
    }
    rows.forEach((head, figures) -> {
      text.append("| ").append(head).append(" |");
      sizes.forEach(size -> text.append(cells(figures, size)));
      text.append('\n');
    });
    text.append(
        "\n| nearest of %d centroids, dim | µs a vector | GFLOP/s |\n|---|--:|--:|\n"
            .formatted(AssignBenchmark.NLIST));
    for (AssignFigure figure : assignments) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %d | %.2f | %.0f |\n",
              figure.dim(),
              figure.microsPerVector(),
              figure.gigaflops()));
    }
    return text.toString();
  }

  private static String cells(List<KernelFigure> figures, long size) {
    return figures.stream()
        .filter(figure -> figure.bytes() == size)
        .map(figure ->
            String.format(
                Locale.ROOT,
                " %.2f | %.1f | %.0f %% |",
                figure.nanosPerVector(),
                figure.gigabytesPerSecond(),
                100 * figure.shareOfRead()))
        .findFirst()
        .orElse(" – | – | – |");
  }
}

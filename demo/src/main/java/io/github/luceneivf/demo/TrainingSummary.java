// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.clustering.ClusteringReport;
import io.github.luceneivf.clustering.ListSizes;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingReport;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Shows how a training went: did it converge, are the lists balanced, what recall to expect. */
final class TrainingSummary {

  private TrainingSummary() {}

  /** Prints the report and the recall curve of a codebook. */
  static void show(Screen screen, TrainedCodebook trained) {
    TrainingReport report = trained.report();
    ClusteringReport clustering = report.clustering();
    screen.line(
        "Codebook %s, trained by %s in %s:",
        trained.codebook().id().shortHex(), report.trainedBy(), Text.time(report.total()));
    screen.line(
        "%d lists from a sample of %s of %s vectors.",
        report.lists(), Text.count(report.samples()), Text.count(report.population()));
    screen.line("%s Objective by iteration:", stop(clustering));
    Table.wrap(objective(clustering), screen.width() - 5, 4).forEach(l -> screen.print("  " + l));
    ListSizes sizes = clustering.sizes();
    screen.line(
        "List sizes: min %d, median %d, p99 %d, max %d; imbalance factor %.2f (1 is even).",
        sizes.min(), sizes.median(), sizes.p99(), sizes.max(), sizes.imbalance());
    screen.line(
        "Empty lists met and re-seeded: %d of %d. Lists over the cap that were split: %d.",
        clustering.repairedLists(), clustering.emptyLists(), clustering.splitLists());
    screen.line("Recall@10 to expect, from %d held-out vectors:", trained.calibration().queries());
    screen.table(curve(trained.calibration(), report.lists()));
  }

  private static String stop(ClusteringReport clustering) {
    int iterations = clustering.shift().length;
    return switch (clustering.stop()) {
      case CONVERGED -> "Converged after %d iterations.".formatted(iterations);
      case MAX_ITERATIONS -> "Stopped after %d iterations, still improving.".formatted(iterations);
      case ALL_DISTINCT -> "Every distinct vector has its own list.";
    };
  }

  private static String objective(ClusteringReport clustering) {
    return Arrays.stream(clustering.objective())
        .mapToObj(value -> String.format(Locale.ROOT, "%.4f", value))
        .collect(Collectors.joining(" "));
  }

  /** Recall at powers of two, and at all lists. */
  private static Table curve(Calibration calibration, int lists) {
    int[] probes = IntStream.iterate(1, probe -> probe < lists, probe -> probe * 2).toArray();
    String[] head = new String[probes.length + 1];
    Object[] row = new Object[probes.length + 1];
    head[0] = "nprobe";
    row[0] = "recall@10";
    for (int i = 0; i < probes.length; i++) {
      head[i + 1] = String.valueOf(probes[i]);
      row[i + 1] =
          String.format(
              Locale.ROOT,
              "%.3f",
              calibration.recall(Measurements.K, probes[i], calibration.usual()));
    }
    return new Table(head).row(row);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.clustering.ClusteringReport;
import io.github.luceneivf.clustering.ClusteringReport.Stop;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.ListSizes;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.TrainingWarning.Kind;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrainingWarningTest {

  private static final ListSizes EVEN = new ListSizes(90, 100, 110, 110, 0, 1.1);

  private static TrainingReport report(
      Stop stop, double[] objective, ListSizes sizes, int samples, int lists) {
    ClusteringReport clustering =
        new ClusteringReport(
            stop,
            objective,
            new double[0],
            0,
            0,
            0,
            0,
            sizes,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO);
    return new TrainingReport(
        100_000,
        samples,
        16,
        lists,
        0,
        clustering,
        Duration.ZERO,
        Duration.ZERO,
        "a test",
        new Codebook.Lineage(1, Optional.empty(), 100_000));
  }

  private static List<String> warnings(TrainingReport report) {
    return report.warnings().stream().map(TrainingWarning::toString).toList();
  }

  private static TrainedCodebook train(FloatMatrix sample, int nlist) throws IOException {
    return new LocalCodebookTrainer(1)
        .train(
            new TrainingRequest(
                Metric.EUCLIDEAN,
                Encoding.BIT1,
                KMeansParams.of(nlist, 7),
                sample.rows(),
                Optional.empty()),
            sample,
            TrainingMonitor.NONE);
  }

  @Test
  void ordinaryTrainingsHaveNone() throws IOException {
    assertEquals(List.of(), warnings(report(Stop.CONVERGED, new double[] {2, 1}, EVEN, 1600, 16)));
    for (int seed = 0; seed < 5; seed++) {
      FloatMatrix clusters = VectorGenerators.clusters(2000, 16, 30, 0.5, seed);
      assertEquals(List.of(), warnings(train(clusters, 16).report()), "seed " + seed);
      FloatMatrix uneven = VectorGenerators.powerLaw(2000, 24, 40, seed);
      assertEquals(List.of(), warnings(train(uneven, 32).report()), "seed " + seed);
    }
  }

  @Test
  void oneOutlierThatHidesAllOthersIsTold() throws IOException {
    FloatMatrix sample = VectorGenerators.clusters(2000, 16, 30, 0.5, 1);
    assertEquals(List.of(), train(sample, 16).report().warnings());
    sample.values()[123 * 16 + 4] = 3e38f;
    TrainingReport report = train(sample, 16).report();
    List<Kind> kinds = report.warnings().stream().map(TrainingWarning::kind).toList();
    assertTrue(kinds.contains(Kind.EMPTY_LISTS), report::toString);
    assertTrue(kinds.contains(Kind.IMBALANCE), report::toString);
    assertTrue(report.clustering().sizes().empty() >= 14, report::toString);
  }

  @Test
  void everyKindHasItsFigures() {
    double[] fine = {2, 1};
    assertEquals(
        List.of(
            "EMPTY_LISTS: 14 of 16 lists are empty",
            "IMBALANCE: imbalance is 16.0, the largest of 16 lists has 1599 of 1600 vectors"),
        warnings(
            report(Stop.CONVERGED, fine, new ListSizes(0, 0, 1599, 1599, 14, 15.98), 1600, 16)));
    assertEquals(
        List.of("FEWER_LISTS: the sample has 3 distinct vectors for 16 lists"),
        warnings(report(Stop.ALL_DISTINCT, new double[] {0}, EVEN, 1600, 3)));
    assertEquals(
        List.of("FEW_SAMPLES: 600 training vectors of 100000 are few for 16 lists"),
        warnings(report(Stop.CONVERGED, fine, EVEN, 600, 16)));
    assertEquals(
        List.of("NOT_FINITE: objective is Infinity"),
        warnings(
            report(Stop.CONVERGED, new double[] {Double.POSITIVE_INFINITY, 1}, EVEN, 1600, 16)));
    assertEquals(
        List.of("NOT_CONVERGED: objective fell from 2.00 to 1.50 in the last iteration"),
        warnings(report(Stop.MAX_ITERATIONS, new double[] {3, 2, 1.5}, EVEN, 1600, 16)));
  }
}

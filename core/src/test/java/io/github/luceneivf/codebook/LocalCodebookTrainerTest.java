// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.TrainingProgress.Phase;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.testdata.Recall;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LocalCodebookTrainerTest {

  private static TrainingRequest request(
      Metric metric, Encoding encoding, int nlist, long population) {
    return new TrainingRequest(
        metric, encoding, KMeansParams.of(nlist, 17), population, Optional.empty());
  }

  private static TrainedCodebook train(TrainingRequest request, FloatMatrix sample)
      throws IOException {
    return new LocalCodebookTrainer().train(request, sample, TrainingMonitor.NONE);
  }

  /** What calibration promises is what a search with these settings finds. */
  @ParameterizedTest
  @EnumSource(Metric.class)
  void predictedRecallIsMeasuredOnOtherQueries(Metric metric) throws IOException {
    FloatMatrix all = VectorGenerators.powerLaw(4150, 48, 60, 3);
    FloatMatrix base = VectorGenerators.slice(all, 0, 4000);
    FloatMatrix queries = VectorGenerators.slice(all, 4000, 4150);
    for (Encoding encoding : Encoding.all()) {
      TrainedCodebook trained = train(request(metric, encoding, 64, 4000), base);
      Calibration calibration = trained.calibration();
      assertEquals(262, calibration.queries());
      double predicted = 0.95;
      SearchTwin twin = new SearchTwin(trained.codebook(), encoding, base);
      int[][] found = new int[queries.rows()][];
      for (int q = 0; q < found.length; q++) {
        found[q] = twin.search(queries.row(q), 10, calibration, new double[] {0.95, 0.98});
      }
      double recall = Recall.at(10, base, queries, found, metric);
      String what = metric + " " + encoding.displayName();
      assertTrue(recall > 0.98 * predicted - 0.03, what + ": " + recall);
      assertTrue(recall < predicted + 0.05, what + ": " + recall);
    }
  }

  /** A query is ranked among all rows, however many: it is asked for each whether to go on. */
  @Test
  void calibrationAsksForEachQuery() throws IOException {
    FloatMatrix sample = VectorGenerators.powerLaw(4000, 8, 60, 3);
    Map<Phase, Integer> asked = new EnumMap<>(Phase.class);
    TrainingMonitor monitor =
        new TrainingMonitor() {
          private Phase phase = Phase.PREPARE;

          @Override
          public void check() {
            asked.merge(phase, 1, Integer::sum);
          }

          @Override
          public void progress(TrainingProgress progress) {
            phase = progress.phase();
          }
        };
    TrainedCodebook trained =
        new LocalCodebookTrainer()
            .train(request(Metric.EUCLIDEAN, Encoding.BIT1, 32, 4000), sample, monitor);
    int queries = trained.calibration().queries();
    int times = asked.getOrDefault(Phase.CALIBRATE, 0);
    assertTrue(times >= queries, () -> queries + " queries, asked: " + asked);
  }

  /** Centres 100 radii apart: the query's own quantization must not drown the distances. */
  @ParameterizedTest
  @EnumSource(Metric.class)
  void tightClustersFarApartKeepTheirRecall(Metric metric) throws IOException {
    FloatMatrix all = VectorGenerators.farClusters(4100, 96, 20, 5);
    FloatMatrix base = VectorGenerators.slice(all, 0, 4000);
    FloatMatrix queries = VectorGenerators.slice(all, 4000, 4100);
    TrainedCodebook trained = train(request(metric, Encoding.BIT1, 64, 4000), base);
    double depth = trained.calibration().depth(10, 0.975);
    SearchTwin twin = new SearchTwin(trained.codebook(), Encoding.BIT1, base);
    int[][] found = new int[queries.rows()][];
    for (int q = 0; q < found.length; q++) {
      found[q] =
          twin.search(queries.row(q), 10, trained.calibration(), new double[] {0.975, 0.975});
    }
    double recall = Recall.at(10, base, queries, found, metric);
    assertTrue(recall >= 0.93, "recall: " + recall + " depth: " + depth);
    assertTrue(depth <= 150, "depth: " + depth);
  }

  @Test
  void theSameSeedGivesTheSameCodebookWhateverTheThreads() throws IOException {
    FloatMatrix sample = VectorGenerators.clusters(3000, 40, 30, 0.5, 1);
    for (Encoding encoding : List.of(Encoding.BIT1, Encoding.PQ4, Encoding.PQ8)) {
      assertSameWhateverTheThreads(request(Metric.COSINE, encoding, 32, 3000), sample);
    }
  }

  private static void assertSameWhateverTheThreads(TrainingRequest one, FloatMatrix sample)
      throws IOException {
    KMeansParams p = one.params();
    TrainingRequest four =
        new TrainingRequest(
            one.metric(),
            one.encoding(),
            new KMeansParams(
                p.nlist(), p.maxIterations(), p.tolerance(), p.maxListFactor(), p.seed(), 4),
            one.population(),
            one.parent());
    TrainedCodebook a = train(one, sample);
    TrainedCodebook b = train(four, sample);
    assertEquals(a.codebook().id(), b.codebook().id());
    assertEquals(a.calibration(), b.calibration());
  }

  @Test
  void theReportSaysWhatWasDone() throws IOException {
    FloatMatrix sample = VectorGenerators.clusters(2000, 16, 30, 0.5, 1);
    CodebookId parent = CodebookId.hashOf(new byte[1]);
    TrainingRequest request =
        new TrainingRequest(
            Metric.EUCLIDEAN,
            Encoding.BIT1,
            KMeansParams.of(16, 3),
            50_000,
            Optional.of(new CodebookRef(parent, 4)));
    TrainedCodebook trained = train(request, sample);
    TrainingReport report = trained.report();
    assertEquals(50_000, report.population());
    assertEquals(1900, report.samples());
    assertEquals(16, report.requestedLists());
    assertEquals(16, report.lists());
    assertEquals("in-process", report.trainedBy());
    assertTrue(report.total().compareTo(report.calibration()) > 0);
    assertEquals(
        new Codebook.Lineage(5, Optional.of(parent), 50_000), trained.codebook().lineage());
    for (float radius : trained.codebook().radii()) {
      assertTrue(radius > 0);
    }
  }

  @Test
  void depthGrowsWithThePopulationThatTheSampleStandsFor() throws IOException {
    FloatMatrix sample = VectorGenerators.clusters(2000, 32, 30, 0.5, 1);
    Calibration whole =
        train(request(Metric.EUCLIDEAN, Encoding.BIT1, 16, 2000), sample).calibration();
    Calibration part =
        train(request(Metric.EUCLIDEAN, Encoding.BIT1, 16, 1900 * 9), sample).calibration();
    assertEquals(3 * whole.depth(10, 0.95), part.depth(10, 0.95), 8);
    assertEquals(whole.nprobe(10, 0.95), part.nprobe(10, 0.95));
  }

  @Test
  void oddSamplesTrainToo() throws IOException {
    List<FloatMatrix> samples =
        List.of(
            new FloatMatrix(new float[] {1, 2, 3}, 1, 3),
            new FloatMatrix(new float[300 * 4], 300, 4),
            VectorGenerators.uniform(5, 1, 1),
            VectorGenerators.duplicates(500, 8, 3, 0.9, 1),
            VectorGenerators.duplicates(500, 8, 3, 1, 1),
            VectorGenerators.scaled(VectorGenerators.uniform(300, 8, 1), 1e-38f),
            VectorGenerators.scaled(VectorGenerators.uniform(300, 8, 1), 1e18f));
    for (FloatMatrix sample : samples) {
      for (Metric metric : Metric.values()) {
        for (Encoding encoding : Encoding.all()) {
          TrainedCodebook trained = train(request(metric, encoding, 16, sample.rows()), sample);
          int nlist = trained.codebook().nlist();
          assertTrue(nlist >= 1 && nlist <= 16);
          double nprobe = trained.calibration().nprobe(10, 0.95);
          assertTrue(nprobe >= 1 && nprobe <= nlist);
          assertTrue(trained.calibration().depth(10, 0.95) >= 10);
          assertEquals(sample.rows() < 200, trained.calibration().queries() == 0);
          SearchTwin twin = new SearchTwin(trained.codebook(), encoding, sample);
          float[] query = sample.row(sample.rows() / 2);
          int[] hits = twin.search(query, 3, nlist, sample.rows());
          assertEquals(Math.min(3, sample.rows()), hits.length);
          assertEquals(1, Recall.at(3, sample, query, hits, metric), metric + " " + sample.rows());
        }
      }
    }
  }

  @Test
  void valuesThatAreNotFiniteAreNamed() {
    FloatMatrix sample = VectorGenerators.uniform(50, 4, 1);
    sample.values()[30] = Float.POSITIVE_INFINITY;
    TrainingRequest request = request(Metric.EUCLIDEAN, Encoding.BIT1, 4, 50);
    assertEquals(
        "sample must be finite, got: Infinity in row 7, component 2",
        assertThrows(IllegalArgumentException.class, () -> train(request, sample)).getMessage());
    assertEquals(
        "sample must have at least 1 row, got: 0",
        assertThrows(
                IllegalArgumentException.class,
                () -> train(request, new FloatMatrix(new float[0], 0, 4)))
            .getMessage());
  }

  @Test
  void theSampleIsNotModified() throws IOException {
    FloatMatrix sample = VectorGenerators.uniform(400, 4, 1);
    float[] before = sample.values().clone();
    train(request(Metric.COSINE, Encoding.BIT1, 4, 400), sample);
    assertArrayEquals(before, sample.values());
  }

  @Test
  void everyPhaseIsToldFromBeginToEnd() throws IOException {
    Map<Phase, Double> last = new EnumMap<>(Phase.class);
    List<Phase> order = new ArrayList<>();
    TrainingMonitor monitor =
        new TrainingMonitor() {
          @Override
          public void check() {}

          @Override
          public void progress(TrainingProgress progress) {
            assertTrue(progress.percent() >= 0 && progress.percent() <= 100);
            if (last.put(progress.phase(), progress.percent()) == null) {
              order.add(progress.phase());
            }
          }
        };
    FloatMatrix sample = VectorGenerators.clusters(2000, 16, 30, 0.5, 1);
    new LocalCodebookTrainer()
        .train(request(Metric.EUCLIDEAN, Encoding.BIT1, 16, 2000), sample, monitor);
    assertEquals(List.of(Phase.values()), order);
    assertEquals(100, last.get(Phase.CALIBRATE));
  }

  @Test
  void theMonitorStopsTheTrainingAnywhere() throws IOException {
    FloatMatrix sample = VectorGenerators.clusters(1000, 16, 30, 0.5, 1);
    TrainingRequest request = request(Metric.EUCLIDEAN, Encoding.BIT1, 16, 2000);
    int[] calls = new int[1];
    new LocalCodebookTrainer().train(request, sample, TrainingMonitor.of(() -> calls[0]++));
    assertTrue(calls[0] > 20, "checks: " + calls[0]);
    IOException stop = new IOException("stop");
    for (int at = 0; at < calls[0]; at += 7) {
      int[] left = {at};
      TrainingMonitor monitor =
          TrainingMonitor.of(() -> {
            if (left[0]-- == 0) {
              throw stop;
            }
          });
      assertSame(
          stop,
          assertThrows(
              IOException.class, () -> new LocalCodebookTrainer().train(request, sample, monitor)));
    }
  }
}

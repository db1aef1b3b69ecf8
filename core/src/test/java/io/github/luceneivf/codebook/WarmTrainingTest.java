// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WarmTrainingTest {

  private static final long SEED = 17;

  private static TrainedCodebook fresh(Metric metric, FloatMatrix sample, int nlist)
      throws IOException {
    return train(
        new TrainingRequest(
            metric, Encoding.BIT1, KMeansParams.of(nlist, SEED), sample.rows(), Optional.empty()),
        sample);
  }

  private static TrainedCodebook train(TrainingRequest request, FloatMatrix sample)
      throws IOException {
    return new LocalCodebookTrainer().train(request, sample, TrainingMonitor.NONE);
  }

  private static TrainingRequest successor(
      Codebook parent, int nlist, long population, int threads) {
    return TrainingRequest.successorOf(
        parent, Encoding.BIT1, KMeansParams.of(nlist, SEED).withThreads(threads), population);
  }

  /** Half of the clusters were never seen by the parent, and the values got 100 times larger. */
  @ParameterizedTest
  @EnumSource(Metric.class)
  void aDriftedParentBecomesAsGoodAsAFreshCodebook(Metric metric) throws IOException {
    FloatMatrix old = VectorGenerators.powerLaw(3000, 24, 200, 1);
    FloatMatrix now = join(old, VectorGenerators.powerLaw(3000, 24, 200, 2), 100);
    Codebook parent = fresh(metric, old, 64).codebook();
    TrainedCodebook warm = train(successor(parent, 64, 6000, 2), now);
    TrainedCodebook fresh = fresh(metric, now, 64);
    assertEquals(64, warm.codebook().nlist());
    assertEquals(warm.codebook().space(), fresh.codebook().space());
    double energy = warm.report().energy() / fresh.report().energy();
    assertTrue(energy < 1.10, "energy of fresh: " + energy);
    assertTrue(
        warm.report().imbalance() < 1.1 * fresh.report().imbalance(),
        "imbalance: " + warm.report().imbalance() + " fresh: " + fresh.report().imbalance());
    assertEquals(new Codebook.Lineage(2, Optional.of(parent.id()), 6000), warm.report().lineage());
    assertEquals(warm.codebook().lineage(), warm.report().lineage());
    assertTrue(warm.calibration().nprobe(10, 0.95) < 64);
  }

  /** One long vector gives the new codebook another exponent than its parent's. */
  @ParameterizedTest
  @EnumSource(Metric.class)
  void listsKeepTheirPlaceWhereNothingDrifts(Metric metric) throws IOException {
    FloatMatrix sample = VectorGenerators.clusters(3000, 24, 40, 0.6, 1);
    float[] one = sample.row(5);
    for (int d = 0; d < one.length; d++) {
      one[d] *= 50;
    }
    Codebook parent = fresh(metric, sample, 32).codebook();
    Codebook next =
        train(successor(parent, 32, 3000, 1), join(sample, new FloatMatrix(one, 1, 24), 1))
            .codebook();
    double scale = Math.scalb(1.0, next.space().exponent() - parent.space().exponent());

    int kept = 0;
    for (int list = 0; list < 32; list++) {
      kept += isNear(parent.centroids().row(list), scale, next.centroids()) ? 1 : 0;
    }
    assertTrue(kept >= (metric == Metric.COSINE ? 8 : 16), "lists that kept their place: " + kept);
  }

  /** Whether a centroid moved by less than a quarter of its length. */
  private static boolean isNear(float[] centroid, double scale, FloatMatrix others) {
    for (int i = 0; i < others.rows(); i++) {
      double moved = 0;
      double length = 0;
      for (int d = 0; d < centroid.length; d++) {
        double difference = scale * centroid[d] - others.row(i)[d];
        moved += difference * difference;
        length += scale * scale * centroid[d] * centroid[d];
      }
      if (moved < 0.05 * length) {
        return true;
      }
    }
    return false;
  }

  @Test
  void aParentOfMoreListsIsThinnedOut() throws IOException {
    FloatMatrix sample = VectorGenerators.clusters(4000, 24, 50, 0.6, 1);
    Codebook parent = fresh(Metric.EUCLIDEAN, sample, 96).codebook();
    TrainedCodebook warm = train(successor(parent, 40, 4000, 1), sample);
    assertEquals(40, warm.codebook().nlist());
    assertTrue(
        warm.report().energy() < 1.1 * fresh(Metric.EUCLIDEAN, sample, 40).report().energy());
  }

  @Test
  void theSameSeedGivesTheSameCodebookWhateverTheThreads() throws IOException {
    FloatMatrix sample = VectorGenerators.powerLaw(5000, 24, 50, 3);
    Codebook parent = fresh(Metric.COSINE, VectorGenerators.slice(sample, 0, 1000), 16).codebook();
    TrainedCodebook one = train(successor(parent, 64, 5000, 1), sample);
    TrainedCodebook four = train(successor(parent, 64, 5000, 4), sample);
    assertEquals(one.codebook().id(), four.codebook().id());
    assertEquals(one.calibration(), four.calibration());
  }

  @Test
  void hardDataLeaveNoListEmpty() throws IOException {
    FloatMatrix start = VectorGenerators.clusters(2000, 16, 20, 0.3, 1);
    Codebook parent = fresh(Metric.EUCLIDEAN, start, 32).codebook();
    for (FloatMatrix sample :
        new FloatMatrix[] {
          VectorGenerators.imbalanced(3000, 16, 1),
          VectorGenerators.duplicates(3000, 16, 3, 0.5, 1),
          VectorGenerators.manifolds(3000, 16, 1),
          VectorGenerators.scaled(start, 1e-3f)
        }) {
      TrainingReport report = train(successor(parent, 48, 3000, 2), sample).report();
      assertEquals(0, report.clustering().sizes().empty());
      int cap = (int) Math.ceil(4.0 * report.samples() / 48);
      assertTrue(
          report.clustering().sizes().max() <= cap || report.clustering().duplicateLists() > 0,
          "largest: " + report.clustering().sizes().max());
    }
  }

  @Test
  void aStrangerIsNoParent() throws IOException {
    FloatMatrix sample = VectorGenerators.clusters(500, 16, 20, 0.3, 1);
    Codebook parent = fresh(Metric.EUCLIDEAN, sample, 8).codebook();
    TrainingRequest good = successor(parent, 8, 500, 1);
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new TrainingRequest(
                Metric.EUCLIDEAN,
                Encoding.BIT1,
                good.params(),
                500,
                Optional.empty(),
                Optional.of(parent),
                QuerySample.NONE,
                Spill.AUTO));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new TrainingRequest(
                Metric.COSINE,
                Encoding.BIT1,
                good.params(),
                500,
                good.parent(),
                Optional.of(parent),
                QuerySample.NONE,
                Spill.AUTO));
    FloatMatrix other = VectorGenerators.clusters(500, 17, 20, 0.3, 1);
    assertThrows(IllegalArgumentException.class, () -> train(good, other));
  }

  private static FloatMatrix join(FloatMatrix a, FloatMatrix b, float factor) {
    float[] values = new float[a.values().length + b.values().length];
    System.arraycopy(a.values(), 0, values, 0, a.values().length);
    System.arraycopy(b.values(), 0, values, a.values().length, b.values().length);
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return new FloatMatrix(values, a.rows() + b.rows(), a.dim());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.clustering.ClusteringReport;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.ListSizes;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingReport;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.file.LuceneMetric;
import io.github.luceneivf.codec.telemetry.IndexEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;

/** What a segment holds beside its raw vectors, with a codebook at hand that is large for it. */
public class TestStructureSize extends LuceneTestCase {

  private static final int NLIST = 640;
  private static final int DIM = 128;
  private static final VectorSimilarityFunction F = VectorSimilarityFunction.EUCLIDEAN;

  public void testStructureIsAtMostAThirdOfTheRawVectors() throws Exception {
    FloatMatrix centroids = gaussian(NLIST, 2);
    FloatMatrix rows = around(centroids, 60_000);
    List<IndexEvent> events = new ArrayList<>();
    TrainedCodebook large = codebook(centroids);
    IvfVectorsFormat format =
        new IvfVectorsFormat(
            IvfParams.DEFAULT,
            new Ports(
                Ports.LOCAL.trainer(),
                Ports.LOCAL.encoder(),
                _ -> Optional.of(large),
                events::add));
    int least = IvfParams.Thresholds.DEFAULT.perList() * NLIST;
    StringBuilder shares = new StringBuilder();
    for (int n : new int[] {1_000, 2_500, least - 1, least, 2 * least, 60_000}) {
      FloatMatrix some = new FloatMatrix(Arrays.copyOf(rows.values(), n * DIM), n, DIM);
      try (Directory directory = new ByteBuffersDirectory()) {
        VectorIndexing.index(
            directory,
            VectorIndexing.config(format).setUseCompoundFile(false),
            some,
            F,
            1,
            _ -> {});
        long structure = 0;
        for (String file : directory.listAll()) {
          structure += file.contains(".iv") ? directory.fileLength(file) : 0;
        }
        double share = structure / (4.0 * DIM * n);
        shares.append(" %d: %.3f".formatted(n, share));
        assertTrue("structure by size:" + shares, share <= 0.35);
        assertEquals(n >= least ? NLIST : 1, events.getLast().nlist());
      }
    }
  }

  private static FloatMatrix gaussian(int n, long seed) {
    Random random = new Random(seed);
    float[] values = new float[n * DIM];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new FloatMatrix(values, n, DIM);
  }

  private static FloatMatrix around(FloatMatrix centroids, int n) {
    FloatMatrix noise = gaussian(n, 1);
    Random random = new Random(3);
    for (int row = 0; row < n; row++) {
      int centroid = random.nextInt(centroids.rows());
      for (int d = 0; d < DIM; d++) {
        int at = row * DIM + d;
        noise.values()[at] = 0.5f * noise.values()[at] + centroids.values()[centroid * DIM + d];
      }
    }
    return noise;
  }

  private static TrainedCodebook codebook(FloatMatrix centroids) {
    Codebook codebook =
        new Codebook(
            new Codebook.Content(
                new VectorSpace(LuceneMetric.of(F), 0),
                centroids,
                new float[centroids.rows()],
                new float[centroids.dim()],
                1),
            new Codebook.Lineage(1, Optional.empty(), 1_000_000));
    return new TrainedCodebook(codebook, Calibration.uncalibrated(), report(codebook));
  }

  private static TrainingReport report(Codebook codebook) {
    ClusteringReport clustering =
        new ClusteringReport(
            ClusteringReport.Stop.CONVERGED,
            new double[0],
            new double[0],
            0,
            0,
            0,
            0,
            ListSizes.of(new int[1]),
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO);
    return new TrainingReport(
        1, 1, 1, 1, 0, clustering, Duration.ZERO, Duration.ZERO, "test", codebook.lineage());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.wire;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;
import java.util.Optional;
import java.util.Random;

/** A small training, the same each time. */
final class TestCodebooks {

  static final int DIM = 8;
  static final int ROWS = 400;
  static final int NLIST = 6;

  private TestCodebooks() {}

  static TrainingRequest request() {
    return new TrainingRequest(
        Metric.EUCLIDEAN, Encoding.BIT1, KMeansParams.of(NLIST, 7), 5000, Optional.empty());
  }

  static TrainedCodebook trained() throws IOException {
    Random random = new Random(7);
    float[] values = new float[ROWS * DIM];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return new LocalCodebookTrainer(1)
        .train(request(), new FloatMatrix(values, ROWS, DIM), TrainingMonitor.NONE);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

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

/** Small vectors and what is trained from them. */
final class TestVectors {

  static final int DIM = 12;
  static final int NLIST = 8;
  static final int ROWS = 900;
  static final long SEED = 7;

  private TestVectors() {}

  static FloatMatrix sample() {
    Random random = new Random(SEED);
    float[] values = new float[ROWS * DIM];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() + i / DIM % NLIST * 3;
    }
    return new FloatMatrix(values, ROWS, DIM);
  }

  static TrainingRequest request() {
    return request(NLIST);
  }

  static TrainingRequest request(int nlist) {
    return request(Encoding.BIT1, nlist);
  }

  static TrainingRequest request(Encoding encoding, int nlist) {
    return new TrainingRequest(
        Metric.EUCLIDEAN, encoding, KMeansParams.of(nlist, SEED), 10 * ROWS, Optional.empty());
  }

  static TrainedCodebook trained(TrainingRequest request, FloatMatrix sample) throws IOException {
    return new LocalCodebookTrainer().train(request, sample, TrainingMonitor.NONE);
  }
}

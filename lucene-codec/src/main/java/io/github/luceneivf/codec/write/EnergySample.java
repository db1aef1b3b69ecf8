// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import java.io.IOException;
import java.util.Arrays;

/**
 * Vectors on their way to the encoder, some of which are kept to see how far from their centroids
 * they are: every i-th, at most {@value #MOST}. Whoever encodes them, here or elsewhere, sends list
 * numbers only. The standard error of the mean is below 2 % of it.
 */
final class EnergySample implements VectorSource {

  private static final int MOST = 2048;

  private final VectorSource vectors;
  private final int step;
  private final float[] kept;

  EnergySample(VectorSource vectors) {
    this.vectors = vectors;
    this.step = Math.max(1, Math.ceilDiv(vectors.size(), MOST));
    this.kept = new float[Math.ceilDiv(vectors.size(), step) * vectors.dim()];
  }

  @Override
  public int size() {
    return vectors.size();
  }

  @Override
  public int dim() {
    return vectors.dim();
  }

  /** Pushes the vectors; a second pass keeps the same ones again. */
  @Override
  public void forEachBatch(int batchSize, BatchConsumer consumer) throws IOException {
    int dim = dim();
    vectors.forEachBatch(
        batchSize,
        (rows, firstOrd, count) -> {
          for (int ord = Math.ceilDiv(firstOrd, step) * step; ord < firstOrd + count; ord += step) {
            System.arraycopy(rows, (ord - firstOrd) * dim, kept, ord / step * dim, dim);
          }
          consumer.accept(rows, firstOrd, count);
        });
  }

  /**
   * Returns the mean squared distance of the vectors to the centroids of their lists; 0 if there
   * are none.
   *
   * @param codes of all vectors, sealed
   * @param abort asked between batches
   */
  double energy(Codebook codebook, StagedCodes codes, AbortCheck abort) throws IOException {
    double[] sum = new double[1];
    codes.forEachList((firstOrd, count, lists) -> {
      abort.check();
      for (int ord = Math.ceilDiv(firstOrd, step) * step; ord < firstOrd + count; ord += step) {
        sum[0] += distance(codebook, ord / step, lists[ord - firstOrd]);
      }
    });
    int rows = kept.length / dim();
    return rows == 0 ? 0 : Math.min(sum[0] / rows, Double.MAX_VALUE);
  }

  private double distance(Codebook codebook, int row, int list) {
    int dim = dim();
    float[] x = Arrays.copyOfRange(kept, row * dim, (row + 1) * dim);
    codebook.space().map(x, 0, 1, dim);
    float[] centroids = codebook.centroids().values();
    double distance = 0;
    for (int d = 0; d < dim; d++) {
      double difference = (double) x[d] - centroids[list * dim + d];
      distance += difference * difference;
    }
    return distance;
  }
}

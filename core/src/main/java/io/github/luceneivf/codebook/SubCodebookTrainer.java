// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.Clustering;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Workers;
import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.kernel.VectorKernel;
import io.github.luceneivf.quantization.Rotation;
import io.github.luceneivf.quantization.SubCodebooks;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;

/** K-means in each subspace of a product quantizer. Confined to one training. */
// Plain Lloyd iterations from distinct rows chosen at random. A centroid that lost all its rows
// takes over half of the largest one's, by starting beside it. Sums are double and in the order of
// the rows, and nearest centroids do not depend on the kernel: neither do the sub-codebooks.
final class SubCodebookTrainer {

  private static final int ITERATIONS = 12;

  /**
   * Residuals trained with at most, evenly spaced in the sample: 64 per centroid of 8-bit codes.
   */
  private static final int MAX_ROWS = 16_384;

  /** Relative step beside the largest centroid. */
  private static final float BESIDE = 1f / 1024;

  private final VectorKernel kernel = Kernels.get();
  private final float[] residuals;
  private final int rows;
  private final int dim;
  private final int size;
  private final int subDim;

  /**
   * Prepares a training.
   *
   * @param residuals [rows × dim], row-major, shared
   * @param size centroids per subspace
   */
  SubCodebookTrainer(float[] residuals, int rows, int dim, int size, int subDim) {
    this.residuals = residuals;
    this.rows = rows;
    this.dim = dim;
    this.size = size;
    this.subDim = subDim;
  }

  /**
   * Trains the sub-codebooks that an encoding needs, on residuals of a sample.
   *
   * @param rows [n × dim] the sample in the codebook's space
   * @param clustering centroids, and the assignment of {@code rows}
   * @param tick called by this thread with the share done, to stop the training by an exception
   * @return empty if the encoding needs none
   */
  static Optional<SubCodebooks> train(
      TrainingRequest request,
      FloatMatrix rows,
      Clustering clustering,
      Workers workers,
      Workers.Tick tick)
      throws IOException {
    int size = request.encoding().subCodebookSize();
    if (size == 0) {
      return Optional.empty();
    }
    int subDim = request.encoding().subspaceDim();
    int padded = Rotation.paddedDim(rows.dim());
    int count = Math.min(rows.rows(), MAX_ROWS);
    Rotation rotation = new Rotation(request.params().seed(), rows.dim());
    float[] residuals = residuals(rows, clustering, rotation, count);
    SubCodebookTrainer trainer = new SubCodebookTrainer(residuals, count, padded, size, subDim);
    float[] values = new float[size * padded];
    workers.run(
        padded / subDim,
        1,
        (_, from, _) -> trainer.train(from, request.params().seed(), values),
        tick);
    return Optional.of(new SubCodebooks(size, subDim, values));
  }

  /** Rotated residuals [count × padded] of rows evenly spaced. */
  private static float[] residuals(
      FloatMatrix rows, Clustering clustering, Rotation rotation, int count) {
    int dim = rows.dim();
    int padded = Rotation.paddedDim(dim);
    float[] residuals = new float[Math.multiplyExact(count, padded)];
    float[] diff = new float[dim];
    float[] scratch = new float[padded];
    float[] centroids = clustering.centroids().values();
    for (int i = 0; i < count; i++) {
      int row = (int) ((long) i * rows.rows() / count);
      int list = clustering.assignment().lists()[row];
      for (int d = 0; d < dim; d++) {
        diff[d] = rows.values()[row * dim + d] - centroids[list * dim + d];
      }
      rotation.rotate(diff, 0, residuals, i * padded, scratch);
    }
    return residuals;
  }

  /** Trains one subspace into {@code values}, [dim / subDim × size × subDim]. */
  void train(int subspace, long seed, float[] values) {
    float[] part = new float[rows * subDim];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(residuals, row * dim + subspace * subDim, part, row * subDim, subDim);
    }
    float[] centroids = first(part, new SplittableRandom(seed + subspace));
    int[] nearest = new int[rows];
    float[] distances = new float[rows];
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
      kernel.nearest(
          part,
          0,
          rows,
          VectorKernel.panels(centroids, size, subDim),
          VectorKernel.halfNorms(centroids, size, subDim),
          size,
          subDim,
          nearest,
          distances,
          0);
      update(part, nearest, centroids);
    }
    System.arraycopy(centroids, 0, values, subspace * centroids.length, centroids.length);
  }

  /** Rows chosen at random; where there are fewer than centroids, some twice. */
  private float[] first(float[] part, SplittableRandom random) {
    float[] centroids = new float[size * subDim];
    int[] order = new int[rows];
    Arrays.setAll(order, i -> i);
    for (int c = 0; c < size; c++) {
      int at = c % rows;
      int other = at + random.nextInt(rows - at);
      int row = order[other];
      order[other] = order[at];
      order[at] = row;
      System.arraycopy(part, row * subDim, centroids, c * subDim, subDim);
    }
    return centroids;
  }

  private void update(float[] part, int[] nearest, float[] centroids) {
    double[] sums = new double[centroids.length];
    int[] counts = new int[size];
    for (int row = 0; row < rows; row++) {
      int to = nearest[row] * subDim;
      counts[nearest[row]]++;
      for (int d = 0; d < subDim; d++) {
        sums[to + d] += part[row * subDim + d];
      }
    }
    for (int c = 0; c < size; c++) {
      for (int d = 0; d < subDim && counts[c] > 0; d++) {
        centroids[c * subDim + d] = (float) (sums[c * subDim + d] / counts[c]);
      }
    }
    for (int c = 0; c < size; c++) {
      if (counts[c] == 0) {
        split(largest(counts), c, counts, centroids);
      }
    }
  }

  private static int largest(int[] counts) {
    int largest = 0;
    for (int c = 1; c < counts.length; c++) {
      largest = counts[c] > counts[largest] ? c : largest;
    }
    return largest;
  }

  private void split(int from, int to, int[] counts, float[] centroids) {
    for (int d = 0; d < subDim; d++) {
      float value = centroids[from * subDim + d];
      float step = d % 2 == 0 ? BESIDE : -BESIDE;
      centroids[from * subDim + d] = value * (1 - step);
      centroids[to * subDim + d] = value * (1 + step);
    }
    counts[to] = counts[from] / 2;
    counts[from] -= counts[to];
  }
}

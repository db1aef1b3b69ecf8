// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import io.github.luceneivf.kernel.VectorKernel;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The two steps of k-means over one matrix: assign rows to centroids, move centroids to the means
 * of their rows (Lloyd, "Least Squares Quantization in PCM", IEEE Trans. Inf. Theory 28, 1982).
 *
 * <p>A centroid is summed in double precision by one thread over its rows in ascending order, so
 * the bytes do not depend on the number of threads.
 */
final class Lloyd {

  private static final int LISTS_PER_RANGE = 8;

  /** Centroids that a row tries after they moved, its own among them: one panel of the kernel. */
  static final int NEARBY = VectorKernel.PANEL;

  private final FloatMatrix rows;
  private final float[] mean;
  private final Workers workers;

  Lloyd(FloatMatrix rows, Workers workers) {
    this.rows = rows;
    this.mean = rows.mean();
    this.workers = workers;
  }

  /**
   * A few plain iterations, without repair or balance.
   *
   * @return at most {@code nlist} centroids; fewer where there are fewer distinct rows
   */
  static FloatMatrix cluster(
      FloatMatrix rows, int nlist, int iterations, long seed, Workers workers, Workers.Tick tick)
      throws IOException {
    DistinctRows distinct = new DistinctRows(rows);
    if (distinct.numberAll(nlist, tick).length > 0) {
      return distinct.values();
    }
    Lloyd lloyd = new Lloyd(rows, workers);
    FloatMatrix centroids = Seeding.choose(rows, nlist, seed, workers, tick);
    for (int i = 0; i < iterations; i++) {
      Assignment assignment = lloyd.assign(centroids, tick);
      centroids = lloyd.means(ListMembers.of(assignment), centroids, _ -> tick.tick(0));
    }
    return centroids;
  }

  Assignment assign(FloatMatrix centroids, Workers.Tick tick) throws IOException {
    return assign(centroids, RowSet.all(rows), tick);
  }

  /** Assigns some rows, in the order of the set. */
  Assignment assign(FloatMatrix centroids, RowSet set, Workers.Tick tick) throws IOException {
    return new Assigner(centroids, mean).assign(set, workers, tick);
  }

  /** Assigns all rows anew, each to one of the centroids around its own. */
  Assignment assignNearby(FloatMatrix centroids, Assignment last, Workers.Tick tick)
      throws IOException {
    return new NearbyAssigner(rows, mean, centroids, workers).assign(last, NEARBY, tick);
  }

  /** Returns the means of the lists; an empty list keeps its old centroid. */
  FloatMatrix means(ListMembers members, FloatMatrix old, Workers.Tick tick) throws IOException {
    int dim = rows.dim();
    float[] moved = old.values().clone();
    double[][] sums = new double[workers.count()][dim];
    workers.run(
        old.rows(),
        LISTS_PER_RANGE,
        (worker, from, to) -> {
          for (int list = from; list < to; list++) {
            mean(members.rows(), members.offsets()[list], members.size(list), sums[worker]);
            if (members.size(list) > 0) {
              store(sums[worker], moved, list * dim);
            }
          }
        },
        tick);
    return new FloatMatrix(moved, old.rows(), dim);
  }

  private void mean(int[] members, int offset, int count, double[] sum) {
    int dim = sum.length;
    float[] values = rows.values();
    Arrays.fill(sum, 0);
    for (int i = offset; i < offset + count; i++) {
      int at = members[i] * dim;
      for (int d = 0; d < dim; d++) {
        sum[d] += values[at + d];
      }
    }
    for (int d = 0; d < dim; d++) {
      sum[d] /= count;
    }
  }

  private static void store(double[] from, float[] to, int offset) {
    for (int d = 0; d < from.length; d++) {
      to[offset + d] = (float) from[d];
    }
  }

  /** Returns the root mean square distance between rows of equal number. */
  static double shift(FloatMatrix a, FloatMatrix b) {
    int dim = a.dim();
    double sum = 0;
    for (int i = 0; i < a.rows(); i++) {
      sum += Assigner.squaredDistance(a.values(), i * dim, b.values(), i * dim, dim);
    }
    return Math.sqrt(sum / a.rows());
  }

  /** Derives the seed of step {@code step}, unlike that of any other step. */
  static long seed(long seed, long step) {
    return new SplittableRandom(seed + 0x9E3779B97F4A7C15L * (step + 1)).nextLong();
  }
}

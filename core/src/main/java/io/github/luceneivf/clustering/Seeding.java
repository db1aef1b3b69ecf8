// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * First centroids by k-means++ on an evenly spaced part of the rows: each next centroid is a row
 * drawn with a probability proportional to its squared distance to the nearest one so far (Arthur
 * and Vassilvitskii, "k-means++: The Advantages of Careful Seeding", SODA 2007, section 2.2). The
 * distances of all rows are brought up to date once in up to {@value #MAX_ROUND} draws, as a matrix
 * product; in between a row drawn by its old distance is accepted with probability new / old
 * distance, which is the same distribution.
 *
 * <p>The cost is rows × centroids × dim; with {@value #ROWS_PER_CENTROID} rows per centroid it is a
 * fraction of one Lloyd iteration.
 */
final class Seeding {

  /** Enough that a cluster of half the mean size is in the part with near certainty. */
  private static final int ROWS_PER_CENTROID = 16;

  private static final int MIN_ROWS = 1024;

  /** Centroids drawn with the same distances: one panel of the kernel. */
  private static final int MAX_ROUND = 64;

  /** Draws refused one after the other until distances are brought up to date. */
  private static final int TRIES = 16;

  private final RowSet part;
  private final SplittableRandom random;
  private final float[] nearest;
  private final double[] sums;

  private Seeding(FloatMatrix rows, int nlist, long seed) {
    long wanted = Math.max(MIN_ROWS, (long) ROWS_PER_CENTROID * nlist);
    this.part = new RowSet(rows, (int) Math.min(rows.rows(), wanted));
    this.random = new SplittableRandom(seed);
    this.nearest = new float[part.size()];
    this.sums = new double[part.size()];
    Arrays.fill(nearest, 1);
    sum();
  }

  /**
   * Chooses centroids; where the part has fewer distinct rows, some are equal.
   *
   * @param nlist centroids wanted, at most the number of rows
   */
  static FloatMatrix choose(
      FloatMatrix rows, int nlist, long seed, Workers workers, Workers.Tick tick)
      throws IOException {
    Seeding seeding = new Seeding(rows, nlist, seed);
    float[] mean = rows.mean();
    int dim = rows.dim();
    float[] centroids = new float[Math.multiplyExact(nlist, dim)];
    for (int drawn = 0; drawn < nlist; ) {
      int round =
          seeding.draw(centroids, drawn, Math.min(drawn == 0 ? 1 : MAX_ROUND, nlist - drawn));
      float[] fresh = Arrays.copyOfRange(centroids, drawn * dim, (drawn + round) * dim);
      seeding.update(new Assigner(new FloatMatrix(fresh, round, dim), mean), workers, drawn > 0);
      drawn += round;
      tick.tick((double) drawn / nlist);
    }
    return new FloatMatrix(centroids, nlist, dim);
  }

  /** Draws up to {@code most} centroids, at least one, and returns how many. */
  private int draw(float[] centroids, int first, int most) {
    float[] rows = part.matrix().values();
    int dim = part.matrix().dim();
    int next = first;
    for (int refused = 0; next < first + most && refused < TRIES; ) {
      int row = propose();
      if (isAccepted(row, centroids, first, next) || (next == first && refused == TRIES - 1)) {
        System.arraycopy(rows, part.row(row) * dim, centroids, next * dim, dim);
        next++;
        refused = 0;
      } else {
        refused++;
      }
    }
    return next - first;
  }

  private boolean isAccepted(int row, float[] centroids, int from, int to) {
    int dim = part.matrix().dim();
    int at = part.row(row) * dim;
    double limit = random.nextDouble() * nearest[row];
    for (int c = from; c < to; c++) {
      if (Assigner.squaredDistance(part.matrix().values(), at, centroids, c * dim, dim) <= limit) {
        return false;
      }
    }
    return nearest[row] > 0;
  }

  /** Lowers the distances by those to new centroids. */
  private void update(Assigner fresh, Workers workers, boolean lower) throws IOException {
    float[] distances = fresh.assign(part, workers, Workers.Tick.NONE).distances();
    for (int i = 0; i < nearest.length; i++) {
      nearest[i] = lower ? Math.min(nearest[i], distances[i]) : distances[i];
    }
    sum();
  }

  private void sum() {
    double sum = 0;
    for (int i = 0; i < nearest.length; i++) {
      sum += nearest[i];
      sums[i] = sum;
    }
  }

  /** Draws a row with a probability proportional to its distance. */
  private int propose() {
    double total = sums[sums.length - 1];
    return total > 0 ? firstAbove(random.nextDouble() * total) : random.nextInt(sums.length);
  }

  /** Returns the first row whose sum is above {@code value}; the last one if none is. */
  private int firstAbove(double value) {
    int low = 0;
    int high = sums.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sums[middle] > value) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}

package io.github.luceneivf.clustering;

import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.kernel.VectorKernel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * First centroids by k-means++ on an evenly spaced part of the rows: each next centroid is a row
 * drawn with a probability proportional to its squared distance to the nearest one so far (Arthur
 * and Vassilvitskii, "k-means++: The Advantages of Careful Seeding", SODA 2007, section 2.2).
 *
 * <p>The cost is rows × centroids × dim; with {@value #ROWS_PER_CENTROID} rows per centroid it is a
 * fraction of one Lloyd iteration. Distances to one centroid run over blocks of 64 rows that lie
 * dimension by dimension.
 */
final class Seeding {

  /** Enough that a cluster of half the mean size is in the part with near certainty. */
  private static final int ROWS_PER_CENTROID = 16;

  /** Bound on the copy of the part: 128 MiB. */
  private static final int MAX_FLOATS = 1 << 25;

  private static final int WIDTH = 64;

  private final VectorKernel kernel = Kernels.get();
  private final FloatMatrix rows;
  private final int count;
  private final float[] blocks;
  private final float[] nearest;

  private Seeding(FloatMatrix rows, int nlist) {
    this.rows = rows;
    long wanted = Math.max(1024, (long) ROWS_PER_CENTROID * nlist);
    long bounded = Math.max(2L * nlist, MAX_FLOATS / rows.dim());
    this.count = (int) Math.min(rows.rows(), Math.min(wanted, bounded));
    int dim = rows.dim();
    this.blocks = new float[Math.multiplyExact((count + WIDTH - 1) / WIDTH * WIDTH, dim)];
    for (int i = 0; i < count; i++) {
      int from = picked(i) * dim;
      int to = i / WIDTH * WIDTH * dim + i % WIDTH;
      for (int d = 0; d < dim; d++) {
        blocks[to + d * WIDTH] = rows.values()[from + d];
      }
    }
    this.nearest = new float[count];
    Arrays.fill(nearest, Float.POSITIVE_INFINITY);
  }

  private int picked(int i) {
    return (int) ((long) i * rows.rows() / count);
  }

  /**
   * Chooses centroids; where the part has fewer distinct rows, some are equal.
   *
   * @param nlist centroids wanted, at most the number of rows
   */
  static FloatMatrix choose(FloatMatrix rows, int nlist, long seed, Workers.Tick tick)
      throws IOException {
    Seeding seeding = new Seeding(rows, nlist);
    SplittableRandom random = new SplittableRandom(seed);
    int dim = rows.dim();
    float[] centroids = new float[Math.multiplyExact(nlist, dim)];
    int next = random.nextInt(seeding.count);
    for (int c = 0; c < nlist; c++) {
      System.arraycopy(rows.values(), seeding.picked(next) * dim, centroids, c * dim, dim);
      double total = seeding.update(Arrays.copyOfRange(centroids, c * dim, (c + 1) * dim));
      next = seeding.draw(total, random);
      tick.tick((c + 1.0) / nlist);
    }
    return new FloatMatrix(centroids, nlist, dim);
  }

  /** Lowers the distances by those to a new centroid, returns their sum. */
  private double update(float[] centroid) {
    MemorySegment segment = MemorySegment.ofArray(blocks);
    int dim = rows.dim();
    float[] distances = new float[WIDTH];
    double total = 0;
    for (int from = 0; from < count; from += WIDTH) {
      kernel.floatSquaredDistances(segment, 4L * from * dim, WIDTH, dim, centroid, distances);
      for (int i = from; i < Math.min(from + WIDTH, count); i++) {
        nearest[i] = Math.min(nearest[i], distances[i - from]);
        total += nearest[i];
      }
    }
    return total;
  }

  private int draw(double total, SplittableRandom random) {
    double left = random.nextDouble() * total;
    for (int i = 0; i < count; i++) {
      left -= nearest[i];
      if (left < 0) {
        return i;
      }
    }
    return random.nextInt(count);
  }
}

package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.kernel.VectorKernel;
import java.io.IOException;
import java.util.Arrays;

/**
 * Exact nearest rows of many queries by brute force, a few rows at a time so that they stay in the
 * first-level cache while all queries pass.
 */
final class TrueNeighbors {

  private static final int TILE_FLOATS = 1 << 13;
  private static final int MIN_TILE = 4;

  private TrueNeighbors() {}

  /** Told how much is done, in [0, 1], several times a second. */
  @FunctionalInterface
  interface Tick {
    void tick(double share) throws IOException;
  }

  /**
   * Returns the {@code min(k, rows)} nearest rows of each query [queries][k], nearest first, lower
   * rows first among equals.
   */
  static int[][] find(FloatMatrix rows, FloatMatrix queries, int k, Metric metric, Tick tick)
      throws IOException {
    int dim = rows.dim();
    NearestQueue[] nearest = new NearestQueue[queries.rows()];
    Arrays.setAll(nearest, q -> new NearestQueue(Math.min(k, rows.rows())));
    int tile = Math.max(MIN_TILE, TILE_FLOATS / dim);
    float[] distances = new float[tile];
    for (int from = 0; from < rows.rows(); from += tile) {
      tick.tick((double) from / rows.rows());
      int count = Math.min(tile, rows.rows() - from);
      for (int q = 0; q < nearest.length; q++) {
        distances(metric, queries, q, rows, from, count, distances);
        for (int i = 0; i < count; i++) {
          nearest[q].offer(distances[i], from + i);
        }
      }
    }
    int[][] neighbors = new int[nearest.length][];
    for (int q = 0; q < neighbors.length; q++) {
      neighbors[q] = new int[nearest[q].size()];
      nearest[q].drain(neighbors[q]);
    }
    return neighbors;
  }

  private static void distances(
      Metric metric,
      FloatMatrix queries,
      int query,
      FloatMatrix rows,
      int from,
      int count,
      float[] out) {
    VectorKernel kernel = Kernels.get();
    int dim = rows.dim();
    float[] q = queries.values();
    if (metric != Metric.INNER_PRODUCT) {
      kernel.squaredDistanceMany(q, query * dim, rows.values(), from * dim, count, dim, out);
      return;
    }
    kernel.dotMany(q, query * dim, rows.values(), from * dim, count, dim, out);
    for (int i = 0; i < count; i++) {
      out[i] = -out[i];
    }
  }
}

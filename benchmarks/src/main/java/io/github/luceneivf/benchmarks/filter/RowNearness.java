// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.filter;

import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.data.VectorRows;
import io.github.luceneivf.clustering.Metric;
import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.VectorUtil;
import org.jspecify.annotations.Nullable;

/**
 * How near every row is to every query, so that the exact neighbours under many filters cost one
 * pass over the rows.
 *
 * @param set rows and queries
 * @param scores [queries][rows] larger is nearer; to the precision of a float
 * @param labels [rows] to filter by; null if there are none
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record RowNearness(DataSet set, float[][] scores, int @Nullable [] labels) {

  /** Compares all rows of a set with all its queries. */
  public static RowNearness of(DataSet set) throws IOException {
    return of(set, set.labels());
  }

  /**
   * Compares all rows of a set with all its queries.
   *
   * @param labels [rows] in place of the set's own
   */
  public static RowNearness of(DataSet set, int @Nullable [] labels) throws IOException {
    VectorRows rows = set.base();
    float[][] queries = new float[set.queries().rows()][];
    for (int q = 0; q < queries.length; q++) {
      queries[q] = set.queries().row(q);
    }
    float[][] scores = new float[queries.length][rows.size()];
    float[] vector = new float[rows.dim()];
    boolean euclidean = set.metric() == Metric.EUCLIDEAN;
    for (int row = 0; row < rows.size(); row++) {
      rows.read(row, vector, 0);
      for (int q = 0; q < queries.length; q++) {
        scores[q][row] =
            euclidean
                ? -VectorUtil.squareDistance(queries[q], vector)
                : VectorUtil.dotProduct(queries[q], vector);
      }
    }
    return new RowNearness(set, scores, labels);
  }

  /** Returns the number of queries. */
  public int queries() {
    return scores.length;
  }

  /** Returns the number of rows. */
  public int rows() {
    return scores[0].length;
  }

  /**
   * Returns the nearest accepted rows of a query, nearest first.
   *
   * @param most rows returned, where so many are accepted
   */
  public int[] nearest(int query, FixedBitSet accepted, int most) {
    float[] all = scores[query];
    int[] best = new int[most];
    int size = 0;
    for (int row = next(accepted, 0); row < all.length; row = next(accepted, row + 1)) {
      if (size == most && all[row] <= all[best[size - 1]]) {
        continue;
      }
      size = Math.min(size + 1, most);
      int at = size - 1;
      for (; at > 0 && all[best[at - 1]] < all[row]; at--) {
        best[at] = best[at - 1];
      }
      best[at] = row;
    }
    return Arrays.copyOf(best, size);
  }

  private static int next(FixedBitSet accepted, int row) {
    return row < accepted.length() ? accepted.nextSetBit(row) : Integer.MAX_VALUE;
  }
}

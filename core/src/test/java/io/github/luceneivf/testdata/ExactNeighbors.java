// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.testdata;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Nearest rows by brute force in double precision: the truth in tests. */
public final class ExactNeighbors {

  private ExactNeighbors() {}

  /** Returns the {@code k} nearest rows, best first, the lower ordinal among equals. */
  public static int[] topK(FloatMatrix base, float[] query, int k, Metric metric) {
    double[] distances = distances(base, query, metric);
    return IntStream.range(0, base.rows())
        .boxed()
        .sorted(Comparator.<Integer>comparingDouble(i -> distances[i]).thenComparingInt(i -> i))
        .limit(k)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Returns {@link #topK} of every query. */
  public static int[][] topK(FloatMatrix base, FloatMatrix queries, int k, Metric metric) {
    return IntStream.range(0, queries.rows())
        .mapToObj(q -> topK(base, queries.row(q), k, metric))
        .toArray(int[][]::new);
  }

  /** Returns the distance of the query to every row: smaller is nearer. */
  public static double[] distances(FloatMatrix base, float[] query, Metric metric) {
    double[] distances = new double[base.rows()];
    for (int i = 0; i < distances.length; i++) {
      distances[i] = distance(base.values(), i * base.dim(), query, metric);
    }
    return distances;
  }

  /**
   * Returns the distance of one row: squared Euclidean; 2 − 2 × cosine, where the cosine with a
   * zero vector is 0; negated inner product.
   */
  public static double distance(float[] rows, int offset, float[] query, Metric metric) {
    double dot = 0;
    double squares = 0;
    double rowNorm = 0;
    double queryNorm = 0;
    for (int d = 0; d < query.length; d++) {
      double x = rows[offset + d];
      double q = query[d];
      dot += x * q;
      squares += (x - q) * (x - q);
      rowNorm += x * x;
      queryNorm += q * q;
    }
    return switch (metric) {
      case EUCLIDEAN -> squares;
      case COSINE -> {
        double norms = Math.sqrt(rowNorm) * Math.sqrt(queryNorm);
        yield 2 - 2 * (norms == 0 ? 0 : dot / norms);
      }
      case INNER_PRODUCT -> -dot;
    };
  }
}

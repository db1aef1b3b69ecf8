// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.Metric;

/**
 * How far a query lies from a centroid, to the same bits wherever and whenever it is computed, as
 * it is to be where it is stored: kernels, which {@link CentroidRanking#rank} takes distances from,
 * are free in the order of a sum. Here sums are taken in order, in double precision. Stateless.
 */
final class Remoteness {

  private Remoteness() {}

  /**
   * Returns the distance of a query to a centroid; for inner products the negative product over the
   * length of the query.
   *
   * @param query [dim], as a search maps it
   * @return finite
   */
  static float of(Codebook codebook, float[] query, int list) {
    double base = base(codebook, query, list);
    if (codebook.metric() != Metric.INNER_PRODUCT) {
      return (float) Math.min(Math.sqrt(base), Float.MAX_VALUE);
    }
    double length = length(query);
    return length > 0 ? (float) Math.clamp(base / length, -Float.MAX_VALUE, Float.MAX_VALUE) : 0;
  }

  /** Returns the base distance of a query to a centroid: {@code ‖q − c‖²} or {@code −⟨q, c⟩}. */
  static double base(Codebook codebook, float[] query, int list) {
    float[] centroids = codebook.centroids().values();
    boolean product = codebook.metric() == Metric.INNER_PRODUCT;
    int at = list * query.length;
    double sum = 0;
    for (int d = 0; d < query.length; d++) {
      double x = query[d];
      double c = centroids[at + d];
      sum += product ? -x * c : (x - c) * (x - c);
    }
    return sum;
  }

  /** Returns the length of a query. */
  static double length(float[] query) {
    double sum = 0;
    for (double x : query) {
      sum += x * x;
    }
    return Math.sqrt(sum);
  }
}

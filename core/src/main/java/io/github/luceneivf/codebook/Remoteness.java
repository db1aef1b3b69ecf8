// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;

/**
 * How far a query lies from a centroid, to the same bits on every machine, as it is to be where it
 * is stored: kernels, which {@link CentroidRanking#remoteness} takes it from, are free in the order
 * of a sum. Stateless.
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
    FloatMatrix centroids = codebook.centroids();
    boolean product = codebook.metric() == Metric.INNER_PRODUCT;
    int at = list * query.length;
    double sum = 0;
    double norm = 0;
    for (int d = 0; d < query.length; d++) {
      double x = query[d];
      double c = centroids.values()[at + d];
      sum += product ? -x * c : (x - c) * (x - c);
      norm += x * x;
    }
    if (!product) {
      return (float) Math.min(Math.sqrt(sum), Float.MAX_VALUE);
    }
    return norm > 0
        ? (float) Math.clamp(sum / Math.sqrt(norm), -Float.MAX_VALUE, Float.MAX_VALUE)
        : 0;
  }
}

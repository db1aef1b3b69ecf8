// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.testdata;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import java.util.HashSet;
import java.util.Set;

/** Recall@k: the share of the exact top k that was found. A tie in distance is as good. */
public final class Recall {

  private static final double TIE = 1e-6;

  private Recall() {}

  /**
   * Returns the recall of one query: hits not farther than the k-th exact neighbour, each counted
   * once, over min(k, rows).
   *
   * @param found ordinals found, of which the first {@code k} count
   */
  public static double at(int k, FloatMatrix base, float[] query, int[] found, Metric metric) {
    int[] exact = ExactNeighbors.topK(base, query, k, metric);
    if (exact.length == 0) {
      return 1;
    }
    double worst = distance(base, exact[exact.length - 1], query, metric);
    double allowed = worst + TIE * Math.max(Math.abs(worst), Double.MIN_NORMAL);
    Set<Integer> hits = new HashSet<>();
    for (int i = 0; i < Math.min(k, found.length); i++) {
      if (distance(base, found[i], query, metric) <= allowed) {
        hits.add(found[i]);
      }
    }
    return (double) hits.size() / exact.length;
  }

  /** Returns the mean recall of many queries; {@code found[q]} belongs to query row q. */
  public static double at(
      int k, FloatMatrix base, FloatMatrix queries, int[][] found, Metric metric) {
    double sum = 0;
    for (int q = 0; q < queries.rows(); q++) {
      sum += at(k, base, queries.row(q), found[q], metric);
    }
    return sum / queries.rows();
  }

  private static double distance(FloatMatrix base, int ord, float[] query, Metric metric) {
    return ExactNeighbors.distance(base.values(), ord * base.dim(), query, metric);
  }
}

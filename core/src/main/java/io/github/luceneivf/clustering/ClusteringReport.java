// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import java.time.Duration;

/**
 * How a clustering went.
 *
 * @param stop why it stopped
 * @param objective [iterations] mean squared distance to the nearest centroid at the start of each
 *     iteration, over the rows that it runs on: early ones take part of them, so the figure may
 *     rise when the part grows; last that of all rows and the final centroids
 * @param shift [iterations] root mean square movement of the centroids in each iteration
 * @param emptyLists empty lists met, over all iterations
 * @param repairedLists of these, re-seeded
 * @param splitLists lists split because they were over the cap
 * @param duplicateLists lists over the cap that hold one vector over and over, and so cannot be
 *     split
 * @param sizes distribution of list sizes of the final assignment of the training vectors
 * @param initialization time of choosing the first centroids
 * @param iteration time of the Lloyd iterations
 * @param balancing time of keeping the cap
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of results, never compared
public record ClusteringReport(
    Stop stop,
    double[] objective,
    double[] shift,
    int emptyLists,
    int repairedLists,
    int splitLists,
    int duplicateLists,
    ListSizes sizes,
    Duration initialization,
    Duration iteration,
    Duration balancing) {

  /**
   * Returns a copy with the imbalance of lists that some vectors were added to a second time; sizes
   * stay those of the clustering.
   */
  public ClusteringReport withImbalance(double imbalance) {
    return new ClusteringReport(
        stop,
        objective,
        shift,
        emptyLists,
        repairedLists,
        splitLists,
        duplicateLists,
        sizes.withImbalance(imbalance),
        initialization,
        iteration,
        balancing);
  }

  /** Why a clustering stopped. */
  public enum Stop {
    /** The objective fell by less than the tolerance. */
    CONVERGED,
    /** All iterations were done first. */
    MAX_ITERATIONS,
    /** There are no more distinct vectors than centroids: each has its own. */
    ALL_DISTINCT
  }

  /** Returns whether the objective stopped falling. */
  public boolean converged() {
    return stop != Stop.MAX_ITERATIONS;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import java.io.IOException;

/** Told how a clustering goes, by its calling thread, many times a second. */
@FunctionalInterface
public interface ClusteringListener {

  /** Hears nothing, stops nothing. */
  ClusteringListener NONE = (_, _, _) -> {};

  /**
   * Takes the progress.
   *
   * @param percent done of this phase, in [0, 100]
   * @param objective mean squared distance to the nearest centroid as last computed; not-a-number
   *     before the first time
   * @throws IOException to stop the clustering
   */
  void progress(Phase phase, double percent, double objective) throws IOException;

  /** Phases of a clustering, in their order. */
  enum Phase {
    /** Choosing the first centroids. */
    INITIALIZE,
    /** Lloyd iterations. */
    ITERATE,
    /** Bringing lists over the cap below it. */
    BALANCE
  }
}

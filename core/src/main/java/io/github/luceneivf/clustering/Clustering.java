// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import java.util.Objects;

/**
 * Result of a clustering.
 *
 * @param centroids [nlist × dim], neighbours in number near each other in space
 * @param assignment of the training vectors to the nearest centroid
 * @param report how it went
 */
public record Clustering(FloatMatrix centroids, Assignment assignment, ClusteringReport report) {

  /** Validates the components. */
  public Clustering {
    Objects.requireNonNull(centroids, "centroids");
    Objects.requireNonNull(assignment, "assignment");
    Objects.requireNonNull(report, "report");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

/** How near two vectors are, as a distance: smaller is nearer. Wire ids are never reused. */
public enum Metric {
  /** Squared Euclidean distance. */
  EUCLIDEAN(1),
  /** Squared Euclidean distance of unit-length copies; a zero vector stays zero. */
  COSINE(2),
  /**
   * Negated inner product of unnormalised vectors. Clustered by Euclidean distance; lists are
   * ranked by inner product with a bound on what their residuals can add.
   */
  INNER_PRODUCT(3);

  private final int wireId;

  Metric(int wireId) {
    this.wireId = wireId;
  }

  /** Returns the number that stands for this metric in files and messages. */
  public int wireId() {
    return wireId;
  }

  /**
   * Returns the metric of a wire id.
   *
   * @throws IllegalArgumentException if no metric has it
   */
  public static Metric fromWireId(int wireId) {
    for (Metric metric : values()) {
      if (metric.wireId == wireId) {
        return metric;
      }
    }
    throw new IllegalArgumentException("metric must be one of 1, 2, 3, got: " + wireId);
  }
}

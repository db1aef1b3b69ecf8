// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

/**
 * Where a training stands.
 *
 * @param phase the phase
 * @param percent done of this phase, in [0, 100]
 * @param objective mean squared distance to the nearest centroid as of the last iteration, in the
 *     unit of the codebook's space; not-a-number before the first
 */
public record TrainingProgress(Phase phase, double percent, double objective) {

  /** Phases of a training, in their order. */
  public enum Phase {
    /** Mapping the sample into the codebook's space and holding out queries. */
    PREPARE,
    /** Choosing the first centroids. */
    INITIALIZE,
    /** Lloyd iterations. */
    ITERATE,
    /** Bringing lists over the cap below it. */
    BALANCE,
    /** Judging the codebook with held-out queries. */
    CALIBRATE
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

/**
 * How well a codebook fitted the vectors that it was trained with: what it is compared to later.
 *
 * @param samples training vectors; 0 if nothing is known
 * @param energy mean squared distance of a training vector to its centroid, in the codebook's space
 * @param imbalance nlist·Σs²/(Σs)² over the sizes of the training vectors' lists, at least 1
 */
public record TrainingStatistics(int samples, double energy, double imbalance) {

  /** Of a codebook whose training was not recorded. */
  public static final TrainingStatistics UNKNOWN = new TrainingStatistics(0, 0, 1);

  /** Validates the components. */
  public TrainingStatistics {
    if (samples < 0) {
      throw new IllegalArgumentException("samples must be at least 0, got: " + samples);
    }
    if (!(energy >= 0 && energy <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException("energy must be at least 0 and finite, got: " + energy);
    }
    if (!(imbalance >= 1 - 1e-6 && imbalance <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "imbalance must be at least 1 and finite, got: " + imbalance);
    }
  }

  /** Returns what a report says. */
  public static TrainingStatistics of(TrainingReport report) {
    return new TrainingStatistics(report.samples(), report.energy(), report.imbalance());
  }

  /** Returns whether a training was recorded. */
  public boolean isKnown() {
    return samples > 0;
  }

  /**
   * Returns the mean squared distance to expect of vectors like the training vectors that were not
   * among them. With m training vectors in a list, its centroid is their mean, so theirs is σ²(1 −
   * 1/m), that of others σ²(1 + 1/m).
   *
   * @param nlist lists of the codebook
   */
  public double expectedEnergy(int nlist) {
    double points = (double) samples / nlist;
    return points <= 2 ? 3 * energy : energy * (points + 1) / (points - 1);
  }
}

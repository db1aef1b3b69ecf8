// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

/**
 * How many vectors are in a second list as well, where that makes searches scan less: those that it
 * serves best. Immutable.
 *
 * @param share of the vectors, in [0, 1], less those that no second list serves well; −1 to let the
 *     training choose
 */
public record Spill(double share) {

  /** The training chooses a share, by what searches would scan: none where that saves little. */
  public static final Spill AUTO = new Spill(-1);

  /** Every vector is in one list. */
  public static final Spill NONE = new Spill(0);

  /**
   * Validates the share.
   *
   * @throws IllegalArgumentException if it is neither −1 nor in [0, 1]
   */
  public Spill {
    if (share != -1 && !(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("share must be in [0, 1], or -1 for auto, got: " + share);
    }
  }

  /** Returns whether the training chooses. */
  public boolean isAuto() {
    return share < 0;
  }
}

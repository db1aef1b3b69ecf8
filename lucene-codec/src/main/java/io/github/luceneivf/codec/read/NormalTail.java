// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

/** The upper tail of the normal distribution, right to 0.004. */
// G. Pólya, Remarks on computing the probability integral in one and two dimensions, Berkeley
// Symposium 1945, (1.5): Q(z) is about (1 - sqrt(1 - exp(-2z² / pi))) / 2, for z of 0 and more.
final class NormalTail {

  private static final double TWO_OVER_PI = 2 / Math.PI;

  private NormalTail() {}

  /** Returns the share of numbers that are larger than the mean by {@code z} deviations. */
  static double share(double z) {
    return (1 - Math.sqrt(1 - Math.exp(-TWO_OVER_PI * z * z))) / 2;
  }

  /**
   * Returns by how many deviations a share of numbers is larger than the mean.
   *
   * @param share in (0, 0.5]
   */
  static double deviations(double share) {
    double within = 1 - 2 * share;
    return Math.sqrt(-Math.log1p(-within * within) / TWO_OVER_PI);
  }
}

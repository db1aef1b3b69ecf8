// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

/**
 * Mean and deviation of some numbers; one that is not finite is left out. Not thread-safe; one per
 * search.
 */
// B. P. Welford, Note on a method for calculating corrected sums of squares and products,
// Technometrics 4 (1962).
final class Spread {

  private int count;
  private double mean;
  private double squares;

  void add(double number) {
    if (Double.isFinite(number)) {
      count++;
      double off = number - mean;
      mean += off / count;
      squares += off * (number - mean);
    }
  }

  /** Returns how many numbers there are. */
  int count() {
    return count;
  }

  /** Returns their mean; 0 if there are none. */
  double mean() {
    return mean;
  }

  /** Returns their standard deviation; 0 of fewer than two. */
  double deviation() {
    return Math.sqrt(squares / Math.max(1, count - 1));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

/**
 * By how much approximate distances are too large, from vectors whose exact distance is known. Not
 * thread-safe; one per search.
 */
final class CodeErrors {

  /**
   * Standard deviations of the error that are allowed for. Of vectors that are just wanted, codes
   * hide 0.6 %; of those that are nearer, fewer.
   */
  private static final double DEVIATIONS = 2.5;

  private int count;
  private double mean;
  private double squares;

  /** Adds the error of a vector; one that is not finite is left out. */
  void add(double error) {
    if (Double.isFinite(error)) {
      count++;
      double off = error - mean;
      mean += off / count;
      squares += off * (error - mean);
    }
  }

  int count() {
    return count;
  }

  /** Returns the error that nearly all vectors stay below. */
  double margin() {
    return mean + DEVIATIONS * Math.sqrt(squares / Math.max(1, count - 1));
  }
}

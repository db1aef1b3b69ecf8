// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import java.util.Arrays;

/**
 * Distribution of the sizes of lists.
 *
 * @param min smallest list
 * @param median median list
 * @param p99 99th percentile
 * @param max largest list
 * @param empty lists without a vector
 * @param imbalance n·Σs²/(Σs)² over the n lists: 1 when all are equal, n when one has everything
 *     (FAISS: imbalance_factor)
 */
public record ListSizes(int min, int median, int p99, int max, int empty, double imbalance) {

  /**
   * Summarises list sizes.
   *
   * @param sizes [nlist], at least one
   */
  public static ListSizes of(int[] sizes) {
    if (sizes.length == 0) {
      throw new IllegalArgumentException("sizes must have at least 1 list, got: 0");
    }
    int[] sorted = sizes.clone();
    Arrays.sort(sorted);
    double sum = 0;
    double squares = 0;
    int empty = 0;
    for (int size : sorted) {
      sum += size;
      squares += (double) size * size;
      empty += size == 0 ? 1 : 0;
    }
    int last = sorted.length - 1;
    return new ListSizes(
        sorted[0],
        sorted[last / 2],
        sorted[(int) Math.round(last * 0.99)],
        sorted[last],
        empty,
        sum == 0 ? 1 : sorted.length * squares / (sum * sum));
  }

  /** Returns a copy with another imbalance. */
  ListSizes withImbalance(double other) {
    return new ListSizes(min, median, p99, max, empty, other);
  }
}

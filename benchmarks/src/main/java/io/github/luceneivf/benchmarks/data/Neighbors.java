// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

/**
 * Exact nearest neighbours of every query. Immutable by convention: the arrays are shared.
 *
 * @param k neighbours of a query
 * @param ords [queries × k] rows of the base, nearest first
 * @param scores [queries × k] larger is nearer: negated squared distance, or inner product
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record Neighbors(int k, int[] ords, float[] scores) {

  /**
   * Wraps the arrays.
   *
   * @throws IllegalArgumentException if they are not of one length, a multiple of {@code k}
   */
  public Neighbors {
    if (k < 1) {
      throw new IllegalArgumentException("k must be at least 1, got: " + k);
    }
    if (ords.length % k != 0 || scores.length != ords.length) {
      throw new IllegalArgumentException(
          "ords and scores must hold whole rows of "
              + k
              + ", got: "
              + ords.length
              + " and "
              + scores.length);
    }
  }

  /** Returns the number of queries. */
  public int queries() {
    return ords.length / k;
  }

  /** Returns the row of the base that is nearest but {@code rank} to a query. */
  public int ord(int query, int rank) {
    return ords[query * k + rank];
  }

  /** Returns the score of that row. */
  public float score(int query, int rank) {
    return scores[query * k + rank];
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

/**
 * Vectors and the list each belongs to. Immutable by convention: the arrays are shared.
 *
 * @param lists [n] list number of each vector
 * @param distances [n] squared distance of each vector to its centroid
 * @param sizes [nlist] vectors of each list
 * @param objective mean of {@code distances}; 0 without a vector
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of results, never compared
public record Assignment(int[] lists, float[] distances, int[] sizes, double objective) {

  /** Counts sizes and the objective, in ordinal order. */
  static Assignment of(int[] lists, float[] distances, int nlist) {
    int[] sizes = new int[nlist];
    double sum = 0;
    for (int i = 0; i < lists.length; i++) {
      sizes[lists[i]]++;
      sum += distances[i];
    }
    return new Assignment(lists, distances, sizes, lists.length == 0 ? 0 : sum / lists.length);
  }

  /** Returns the number of vectors. */
  public int size() {
    return lists.length;
  }
}

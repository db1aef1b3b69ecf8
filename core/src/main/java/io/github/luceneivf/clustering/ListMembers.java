// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import org.jspecify.annotations.Nullable;

/**
 * The rows of each list, ascending: those of list {@code l} are {@code rows[offsets[l], offsets[l +
 * 1])}.
 *
 * @param offsets [nlist + 1]
 * @param rows [n]
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of results, never compared
record ListMembers(int[] offsets, int[] rows) {

  static ListMembers of(Assignment assignment) {
    return of(assignment, null);
  }

  /**
   * Returns the members of an assignment of part of the rows.
   *
   * @param set the rows assigned, in the order of the assignment; null for all
   */
  static ListMembers of(Assignment assignment, @Nullable RowSet set) {
    int nlist = assignment.sizes().length;
    int[] offsets = new int[nlist + 1];
    for (int l = 0; l < nlist; l++) {
      offsets[l + 1] = offsets[l] + assignment.sizes()[l];
    }
    int[] next = offsets.clone();
    int[] rows = new int[assignment.size()];
    for (int i = 0; i < rows.length; i++) {
      rows[next[assignment.lists()[i]]++] = set == null ? i : set.row(i);
    }
    return new ListMembers(offsets, rows);
  }

  int size(int list) {
    return offsets[list + 1] - offsets[list];
  }

  /** Copies the members of a list, at most {@code limit} of them at even steps. */
  FloatMatrix copy(FloatMatrix from, int list, int limit) {
    int size = size(list);
    int count = Math.min(size, limit);
    int dim = from.dim();
    float[] values = new float[Math.multiplyExact(count, dim)];
    for (int i = 0; i < count; i++) {
      int member = rows[offsets[list] + (int) ((long) i * size / count)];
      System.arraycopy(from.values(), member * dim, values, i * dim, dim);
    }
    return new FloatMatrix(values, count, dim);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import java.util.Arrays;

/**
 * Vectors that a search has scored: numbers of segments with ordinals. Open addressing in a table
 * that doubles; not thread-safe; one per search.
 */
final class VectorSet {

  private static final int FIRST_BITS = 8;

  /** Multiplier of the golden ratio, whose highest bits scatter. */
  private static final long SCATTER = 0x9e37_79b9_7f4a_7c15L;

  private static final long EMPTY = -1;

  private long[] table = empty(FIRST_BITS);
  private int bits = FIRST_BITS;
  private int size;

  private static long[] empty(int bits) {
    long[] table = new long[1 << bits];
    Arrays.fill(table, EMPTY);
    return table;
  }

  /**
   * Adds a vector.
   *
   * @param vector at least 0
   * @return whether it was not there
   */
  boolean add(long vector) {
    int at = (int) (vector * SCATTER >>> (Long.SIZE - bits));
    while (table[at] != EMPTY) {
      if (table[at] == vector) {
        return false;
      }
      at = at + 1 & table.length - 1;
    }
    table[at] = vector;
    if (2 * ++size > table.length) {
      grow();
    }
    return true;
  }

  private void grow() {
    long[] old = table;
    bits++;
    table = empty(bits);
    size = 0;
    for (long vector : old) {
      if (vector != EMPTY) {
        add(vector);
      }
    }
  }
}

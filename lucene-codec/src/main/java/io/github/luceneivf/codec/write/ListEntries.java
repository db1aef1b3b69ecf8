// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import java.util.Arrays;
import org.apache.lucene.util.ArrayUtil;

/**
 * The entries of one posting list while it is put together: an ordinal each, and where its record
 * is. Not thread-safe.
 */
final class ListEntries {

  private int[] ords = new int[0];
  private long[] records = new long[0];
  private int size;
  private boolean ascending = true;

  void clear() {
    size = 0;
    ascending = true;
  }

  int size() {
    return size;
  }

  /** Makes room for more entries. */
  void reserve(int more) {
    if (ords.length < size + more) {
      int length = ArrayUtil.oversize(size + more, Integer.BYTES + Long.BYTES);
      ords = Arrays.copyOf(ords, length);
      records = Arrays.copyOf(records, length);
    }
  }

  /**
   * Adds an entry; there must be room.
   *
   * @param source number of the source that has the record
   * @param place where that source has it
   */
  void add(int ord, int source, int place) {
    ascending &= size == 0 || ords[size - 1] < ord;
    ords[size] = ord;
    records[size++] = (long) source << Integer.SIZE | place;
  }

  /** Puts entries in the order of ordinals. */
  void sort() {
    if (ascending) {
      return;
    }
    long[] keys = new long[size];
    for (int i = 0; i < size; i++) {
      keys[i] = (long) ords[i] << Integer.SIZE | i;
    }
    Arrays.sort(keys);
    long[] unsorted = Arrays.copyOf(records, size);
    for (int i = 0; i < size; i++) {
      ords[i] = (int) (keys[i] >>> Integer.SIZE);
      records[i] = unsorted[(int) keys[i]];
    }
    ascending = true;
  }

  /** Returns the ordinals, valid below {@link #size}, shared. */
  int[] ords() {
    return ords;
  }

  int source(int entry) {
    return (int) (records[entry] >>> Integer.SIZE);
  }

  int place(int entry) {
    return (int) records[entry];
  }
}

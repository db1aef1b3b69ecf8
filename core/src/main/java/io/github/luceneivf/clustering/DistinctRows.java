// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import java.io.IOException;
import java.util.Arrays;

/** Numbers the distinct rows of a matrix as they are met; −0 equals 0. Not thread-safe. */
final class DistinctRows {

  /** Rows numbered until it is asked again whether to go on. */
  private static final int STRETCH = 4096;

  private final FloatMatrix rows;
  private int[] slots = new int[64];
  private int[] firsts = new int[16];
  private int size;

  DistinctRows(FloatMatrix rows) {
    this.rows = rows;
    Arrays.fill(slots, -1);
  }

  /** Returns the number of the row's value, a new one if it was not met before. */
  int add(int row) {
    int mask = slots.length - 1;
    int slot = hash(row) & mask;
    while (slots[slot] >= 0) {
      if (equal(firsts[slots[slot]], row)) {
        return slots[slot];
      }
      slot = (slot + 1) & mask;
    }
    slots[slot] = size;
    if (size == firsts.length) {
      firsts = Arrays.copyOf(firsts, 2 * size);
    }
    firsts[size++] = row;
    if (2 * size > slots.length) {
      grow();
    }
    return size - 1;
  }

  /** Returns the distinct rows in the order of their numbers. */
  FloatMatrix values() {
    int dim = rows.dim();
    float[] values = new float[size * dim];
    for (int i = 0; i < size; i++) {
      System.arraycopy(rows.values(), firsts[i] * dim, values, i * dim, dim);
    }
    return new FloatMatrix(values, size, dim);
  }

  /**
   * Returns the numbers of all rows if no more than {@code limit} values are among them; otherwise
   * an empty array, soon.
   *
   * @throws IOException what {@code tick} threw
   */
  int[] numberAll(int limit, Workers.Tick tick) throws IOException {
    int[] numbers = new int[rows.rows()];
    for (int i = 0; i < numbers.length; i++) {
      if (i % STRETCH == STRETCH - 1) {
        tick.tick(0);
      }
      numbers[i] = add(i);
      if (size > limit) {
        return new int[0];
      }
    }
    return numbers;
  }

  private void grow() {
    slots = new int[2 * slots.length];
    Arrays.fill(slots, -1);
    int mask = slots.length - 1;
    for (int i = 0; i < size; i++) {
      int slot = hash(firsts[i]) & mask;
      while (slots[slot] >= 0) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = i;
    }
  }

  private int hash(int row) {
    int hash = 1;
    int dim = rows.dim();
    for (int at = row * dim; at < (row + 1) * dim; at++) {
      hash = 31 * hash + Float.floatToRawIntBits(rows.values()[at] + 0f);
    }
    // Whole numbers leave the low bits of floats zero: mix before the mask takes the lowest
    // (constants of Appleby's MurmurHash3, public domain).
    hash = (hash ^ (hash >>> 16)) * 0x85EBCA6B;
    hash = (hash ^ (hash >>> 13)) * 0xC2B2AE35;
    return hash ^ (hash >>> 16);
  }

  private boolean equal(int a, int b) {
    int dim = rows.dim();
    float[] values = rows.values();
    for (int d = 0; d < dim; d++) {
      if (values[a * dim + d] != values[b * dim + d]) {
        return false;
      }
    }
    return true;
  }
}

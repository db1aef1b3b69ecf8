// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.quantization;

import io.github.luceneivf.kernel.VectorKernel;

/**
 * Tables of a query for 4-bit codes, quantized to unsigned integers of one or two bytes: the sum of
 * the entries e that a code picks is {@code shift + delta × Σ (256 × upper + lower)}.
 *
 * @param luts [digits][{@code VectorKernel.lutBytes}] bytes of the integers, the lowest first
 * @param delta step of the quantization
 * @param shift sum of the least entries of all tables
 */
@SuppressWarnings("ArrayRecordComponent") // shared within the package, never modified
record QueryTables(byte[][] luts, float delta, float shift) {

  static final int MAX_DIGITS = 2;

  /** Entries of a table. */
  static final int SIZE = 16;

  /**
   * Quantizes tables. All get the step of the widest, and each its own least entry.
   *
   * @param entries [tables × 16]; tables 2j and 2j + 1 are for the lower and the upper half of code
   *     byte j
   */
  static QueryTables of(float[] entries, int digits) {
    int units = entries.length / (2 * SIZE);
    float[] least = new float[2 * units];
    float widest = 0;
    double shift = 0;
    for (int table = 0; table < least.length; table++) {
      float min = entries[table * SIZE];
      float max = min;
      for (int i = 1; i < SIZE; i++) {
        min = Math.min(min, entries[table * SIZE + i]);
        max = Math.max(max, entries[table * SIZE + i]);
      }
      least[table] = min;
      widest = Math.max(widest, max - min);
      shift += min;
    }
    int levels = (1 << (Byte.SIZE * digits)) - 1;
    float delta = widest / levels;
    float inverse = 1 / delta;
    byte[][] luts = new byte[digits][VectorKernel.lutBytes(units)];
    if (!(delta > 0 && delta <= Float.MAX_VALUE && inverse <= Float.MAX_VALUE)) {
      return new QueryTables(luts, 0, Double.isFinite(shift) ? (float) shift : 0);
    }
    for (int table = 0; table < least.length; table++) {
      int to = SIZE * (table / 2 + table % 2 * units);
      for (int i = 0; i < SIZE; i++) {
        float value = (entries[table * SIZE + i] - least[table]) * inverse;
        int rounded = Math.min((int) (value + 0.5f), levels);
        for (int k = 0; k < digits; k++) {
          luts[k][to + i] = (byte) (rounded >>> (Byte.SIZE * k));
        }
      }
    }
    return new QueryTables(luts, delta, (float) shift);
  }

  /** Tables for codes on the grid −7½ … 7½, one per component. */
  static QueryTables ofGrid(float[] values, int digits) {
    float[] entries = new float[values.length * SIZE];
    for (int d = 0; d < values.length; d++) {
      for (int i = 0; i < SIZE; i++) {
        entries[d * SIZE + i] = values[d] * (i - 7.5f);
      }
    }
    return of(entries, digits);
  }
}

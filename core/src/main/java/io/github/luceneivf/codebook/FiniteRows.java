// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.FloatMatrix;

/** A check that values are finite, and which is not. Stateless. */
final class FiniteRows {

  private FiniteRows() {}

  /**
   * Checks all values.
   *
   * @throws IllegalArgumentException if one is not finite; it tells the first of them
   */
  static void require(String name, FloatMatrix matrix) {
    requireRange(name, matrix, 0, matrix.values().length);
  }

  /**
   * Checks values {@code [from, to)} of the matrix's array.
   *
   * @return the bits of the largest absolute value
   */
  static int requireRange(String name, FloatMatrix matrix, int from, int to) {
    float[] values = matrix.values();
    int largest = largest(values, from, to);
    if (largest < Float.floatToRawIntBits(Float.POSITIVE_INFINITY)) {
      return largest;
    }
    int at = from;
    while (Float.isFinite(values[at])) {
      at++;
    }
    throw new IllegalArgumentException(
        name
            + " must be finite, got: "
            + values[at]
            + " in row "
            + at / matrix.dim()
            + ", component "
            + at % matrix.dim());
  }

  /** Bits of the largest absolute value; exponents of all ones are those that are not finite. */
  private static int largest(float[] values, int from, int to) {
    int largest = 0;
    for (int i = from; i < to; i++) {
      largest = Math.max(largest, Float.floatToRawIntBits(values[i]) & Integer.MAX_VALUE);
    }
    return largest;
  }
}

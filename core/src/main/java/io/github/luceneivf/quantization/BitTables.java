// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.quantization;

import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.kernel.VectorKernel;

/**
 * Tables of a rotated query for codes of one bit, or of two: component i ≈ {@code delta} × Σ 16^k
 * digit_ik with digits in [−8, 7].
 *
 * @param tables [digits], as {@code VectorKernel.bitDots} wants them, the lowest digit first
 * @param delta step of the quantization
 * @param sum sum of the integers over all components
 */
@SuppressWarnings("ArrayRecordComponent") // shared within the package, never modified
record BitTables(byte[][] tables, float delta, int sum) {

  static final int MAX_DIGITS = 3;

  /** Step of the best uniform 16-level quantizer of a unit Gaussian (Max, 1960, table II). */
  private static final float GAUSSIAN_STEP = 0.3352f;

  /** Steps of one digit to either side of zero: levels −8 to 7. */
  private static final float HALF_RANGE = 7.5f;

  /**
   * Quantizes [paddedDim] values.
   *
   * @param energy the sum of their squares
   */
  static BitTables of(VectorKernel kernel, float[] values, double energy, int digits) {
    float widest = widestStep(kernel, values, digits);
    float delta = digits == 1 ? bestStep(kernel, values, energy, widest) : widest;
    float inverse = 1 / delta;
    int[][] integers = new int[digits][values.length];
    int sum = 0;
    if (delta > 0 && inverse <= Float.MAX_VALUE) {
      sum =
          digits == 1
              ? kernel.digits(values, values.length, inverse, integers[0])
              : quantize(values, inverse, integers);
    } else {
      delta = 0;
    }
    // Tables are those of the kernel that will read them.
    VectorKernel reader = Kernels.get();
    byte[][] tables = new byte[digits][reader.bitTableBytes(values.length / Byte.SIZE)];
    for (int k = 0; k < digits; k++) {
      reader.bitTables(integers[k], values.length, tables[k]);
    }
    return new BitTables(tables, delta, sum);
  }

  private static int quantize(float[] values, float inverse, int[][] digits) {
    int ones = ones(digits.length);
    int sum = 0;
    for (int i = 0; i < values.length; i++) {
      int value = (int) Math.clamp(Math.rint(values[i] * inverse), -8 * ones, 7 * ones);
      sum += value;
      for (int[] target : digits) {
        int digit = ((value + 8) & 15) - 8;
        value = (value - digit) >> 4;
        target[i] = digit;
      }
    }
    return sum;
  }

  /** 1, 17 or 273: integers of so many digits lie in [−8 × ones, 7 × ones]. */
  private static int ones(int digits) {
    return ((1 << (4 * digits)) - 1) / 15;
  }

  /** The step that clips nothing: integers end lower above zero than below. */
  private static float widestStep(VectorKernel kernel, float[] values, int digits) {
    float max = kernel.maxAbs(values, values.length);
    return max <= Float.MAX_VALUE ? max / (7 * ones(digits) + 0.5f) : 0;
  }

  /** Clips nothing, or like a Gaussian: whichever gives the smaller expected squared error. */
  private static float bestStep(VectorKernel kernel, float[] values, double energy, float widest) {
    float gaussian = GAUSSIAN_STEP * (float) Math.sqrt(energy / values.length);
    if (!(gaussian < widest)) {
      return widest;
    }
    double rounding = values.length / 12.0;
    double clipped = kernel.excess(values, values.length, HALF_RANGE * gaussian);
    return rounding * gaussian * gaussian + clipped < rounding * widest * widest
        ? gaussian
        : widest;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.quantization;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Codes of a residual on a symmetric grid of 4 or 16 levels, ±½, ±1½, …: the scale of the grid is
 * chosen per vector so that the code's direction is nearest to the residual's. Not thread-safe.
 */
// The cosine ⟨r, v⟩ / (‖r‖‖v‖) decides the error of the estimate (Gao, Gou, Xu, Yang, Long, Wong:
// Practical and Asymptotically Optimal Quantization of High-Dimensional Vectors in Euclidean Space
// for Approximate Nearest Neighbor Search, SIGMOD 2025, section 3.2, "extended RaBitQ"). With four
// levels the best scale is found exactly: it parts the components by magnitude, so all partings are
// tried in sorted order. With sixteen a few scales below the one that clips nothing are tried.
final class GridCode {

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** Shares of the widest step that are tried; a Gaussian's best is 0.7 to 1 of it. */
  private static final double[] SHARES = {1, 0.92, 0.84, 0.76, 0.68, 0.6};

  private final int padded;
  private final float[] sorted;
  private double energy;
  private double codeDot;
  private double offsetDot;

  /** Creates a coder of [padded] residuals. */
  GridCode(int padded) {
    this.padded = padded;
    this.sorted = new float[padded];
  }

  /** ‖r‖² of the last residual. */
  double energy() {
    return energy;
  }

  /** ⟨r, v⟩ of the last residual. */
  double codeDot() {
    return codeDot;
  }

  /** ⟨z, v⟩ of the last residual. */
  double offsetDot() {
    return offsetDot;
  }

  /**
   * Writes level numbers 0 to 3 as two planes of bits, the lower first, [padded / 8] bytes each.
   *
   * @param r [padded] the rotated residual
   * @param z [padded] from {@code zFrom}, the rotated offset of the centroid
   */
  void encode2(float[] r, float[] z, int zFrom, byte[] record, int at) {
    float limit = limit(r);
    energy = 0;
    codeDot = 0;
    offsetDot = 0;
    for (int word = 0; word < padded; word += Integer.SIZE) {
      int low = 0;
      int high = 0;
      for (int i = 0; i < Integer.SIZE; i++) {
        float value = r[word + i];
        // −0 counts as positive, as with one bit.
        int positive = value >= 0 ? 1 : 0;
        int large = Math.abs(value) >= limit ? 1 : 0;
        low |= (positive ^ large ^ 1) << i;
        high |= positive << i;
        double v = (positive - 0.5) * (1 + 2 * large);
        energy += (double) value * value;
        codeDot += v * value;
        offsetDot += v * z[zFrom + word + i];
      }
      INTS.set(record, at + word / Byte.SIZE, low);
      INTS.set(record, at + (padded + word) / Byte.SIZE, high);
    }
  }

  /** The magnitude from which on components get the outer levels: maximises ⟨r, v⟩² / ‖v‖². */
  private float limit(float[] r) {
    double sum = 0;
    for (int i = 0; i < padded; i++) {
      sorted[i] = Math.abs(r[i]);
      sum += sorted[i];
    }
    Arrays.sort(sorted);
    double dot = sum / 2;
    double norm = padded / 4.0;
    double best = dot * dot / norm;
    float limit = Float.POSITIVE_INFINITY;
    for (int i = padded - 1; i >= 0; i--) {
      dot += sorted[i];
      norm += 2;
      double value = dot * dot / norm;
      if (value > best) {
        best = value;
        limit = sorted[i];
      }
    }
    return limit;
  }

  /**
   * Writes level numbers 0 to 15, two to a byte, the even component in the lower half.
   *
   * @param r [padded] the rotated residual
   * @param z [padded] from {@code zFrom}, the rotated offset of the centroid
   */
  void encode4(float[] r, float[] z, int zFrom, byte[] record, int at) {
    float inverse = inverseStep(r);
    energy = 0;
    codeDot = 0;
    offsetDot = 0;
    for (int i = 0; i < padded; i += 2) {
      int low = level(r[i], inverse);
      int high = level(r[i + 1], inverse);
      record[at + i / 2] = (byte) (low | high << 4);
      energy += (double) r[i] * r[i] + (double) r[i + 1] * r[i + 1];
      codeDot += (low - 7.5) * r[i] + (high - 7.5) * r[i + 1];
      offsetDot += (low - 7.5) * z[zFrom + i] + (high - 7.5) * z[zFrom + i + 1];
    }
  }

  /** Level of a value: the greatest that is not above it; not-a-number gives 0. */
  private static int level(float value, float inverse) {
    return (int) Math.clamp(Math.floor(value * inverse) + 8, 0, 15);
  }

  private float inverseStep(float[] r) {
    float max = 0;
    for (float value : r) {
      max = Math.max(max, Math.abs(value));
    }
    float widest = 8 / max;
    if (!(max > 0 && max <= Float.MAX_VALUE && widest <= Float.MAX_VALUE / 2)) {
      return 0;
    }
    float inverse = widest;
    double best = -1;
    for (double share : SHARES) {
      float tried = (float) (widest / share);
      double value = squaredCosine(r, tried);
      if (value > best) {
        best = value;
        inverse = tried;
      }
    }
    return inverse;
  }

  /** ⟨r, v⟩² / ‖v‖². */
  private double squaredCosine(float[] r, float inverse) {
    double dot = 0;
    double norm = 0;
    for (int i = 0; i < padded; i++) {
      double v = level(r[i], inverse) - 7.5;
      dot += v * r[i];
      norm += v * v;
    }
    return dot * dot / norm;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.kernel;

import static io.github.luceneivf.kernel.VectorKernel.TILE;

import java.util.Arrays;

/** The part of {@link ScalarKernel} that works on tiles. */
final class ScalarTiles {

  private ScalarTiles() {}

  static void gatherHadamard(
      float[] in, int[] source, float[] factor, float[] out, int from, int length) {
    for (int i = from; i < from + length; i++) {
      for (int j = 0; j < TILE; j++) {
        out[i * TILE + j] = in[source[i] * TILE + j] * factor[i];
      }
    }
    int end = (from + length) * TILE;
    for (int stride = TILE; stride < length * TILE; stride <<= 1) {
      for (int group = from * TILE; group < end; group += 2 * stride) {
        for (int i = group; i < group + stride; i++) {
          float a = out[i];
          float b = out[i + stride];
          out[i] = a + b;
          out[i + stride] = a - b;
        }
      }
    }
  }

  static void signs(float[] residuals, float[] offsets, int dim, int[] words, double[] sums) {
    Arrays.fill(words, 0, dim / Integer.SIZE * TILE, 0);
    for (int j = 0; j < TILE; j++) {
      double e0 = 0;
      double e1 = 0;
      double r0 = 0;
      double r1 = 0;
      double z0 = 0;
      double z1 = 0;
      for (int d = 0; d < dim; d += 2) {
        int at = d * TILE + j;
        // Adding +0 turns −0 into +0, which counts as positive.
        float a = residuals[at] + 0.0f;
        float b = residuals[at + TILE] + 0.0f;
        int aSign = Float.floatToRawIntBits(a) & 0x80000000;
        int bSign = Float.floatToRawIntBits(b) & 0x80000000;
        int bits = aSign >>> 31 | bSign >>> 31 << 1;
        words[d / Integer.SIZE * TILE + j] |= (bits ^ 3) << (d % Integer.SIZE);
        e0 += (double) a * a;
        e1 += (double) b * b;
        r0 += Math.abs(a);
        r1 += Math.abs(b);
        z0 += flip(offsets[at], aSign);
        z1 += flip(offsets[at + TILE], bSign);
      }
      sums[j] = e0 + e1;
      sums[TILE + j] = r0 + r1;
      sums[2 * TILE + j] = z0 + z1;
    }
  }

  private static float flip(float value, int sign) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(value) ^ sign);
  }
}

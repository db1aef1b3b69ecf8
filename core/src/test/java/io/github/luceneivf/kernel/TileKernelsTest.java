// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.kernel;

import static io.github.luceneivf.kernel.VectorKernel.TILE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tiles are sixteen vectors, each treated as if alone, by both kernels to the same bits. */
class TileKernelsTest {

  private static final float[] ODD = {
    Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f, 0f, 1e38f, Float.MIN_VALUE
  };

  private final VectorKernel scalar = new ScalarKernel();
  private final VectorKernel panama = new PanamaKernel();
  private final Random random = new Random(5);

  private float[] floats(int length, boolean odd) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] =
          odd && random.nextInt(50) == 0
              ? ODD[random.nextInt(ODD.length)]
              : (float) random.nextGaussian();
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 64, 128, 256, 512, 1024, 2048, 4096})
  void blocksAreGatheredAndTransformedAsAlone(int length) {
    int from = 32;
    int dim = from + length + 32;
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < dim; i++) {
      order.add(i);
    }
    Collections.shuffle(order, random);
    int[] source = order.stream().mapToInt(i -> i).toArray();
    float[] factor = floats(dim, false);
    float[] in = floats(dim * TILE, length == 64);
    float[] expected = floats(dim * TILE, false);
    float[] first = expected.clone();
    float[] second = expected.clone();
    for (int j = 0; j < TILE; j++) {
      float[] alone = new float[dim];
      for (int d = 0; d < dim; d++) {
        alone[d] = in[source[d] * TILE + j] * factor[d];
      }
      scalar.hadamard(alone, from, length);
      for (int d = from; d < from + length; d++) {
        expected[d * TILE + j] = alone[d];
      }
    }
    scalar.gatherHadamard(in, source, factor, first, from, length);
    panama.gatherHadamard(in, source, factor, second, from, length);
    assertArrayEquals(expected, first);
    assertArrayEquals(expected, second);
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 96, 384, 800})
  void signsAndTheirSums(int dim) {
    for (int round = 0; round < 20; round++) {
      float[] r = floats(dim * TILE, round % 2 == 1);
      float[] z = floats(dim * TILE, round % 4 == 3);
      int[] words = new int[dim / 32 * TILE];
      double[] sums = new double[3 * TILE];
      scalar.signs(r, z, dim, words, sums);
      for (int j = 0; j < TILE; j++) {
        double energy = 0;
        double signDot = 0;
        double offsetDot = 0;
        for (int d = 0; d < dim; d++) {
          float value = r[d * TILE + j];
          int bit = words[d / 32 * TILE + j] >>> (d % 32) & 1;
          if (!Float.isNaN(value)) {
            assertEquals(value >= 0 ? 1 : 0, bit);
          }
          energy += (double) value * value;
          signDot += Math.abs(value);
          offsetDot += bit == 1 ? z[d * TILE + j] : -z[d * TILE + j];
        }
        if (round % 2 == 0) {
          assertEquals(energy, sums[j], 1e-12 * energy);
          assertEquals(signDot, sums[TILE + j], 1e-12 * signDot);
          assertEquals(offsetDot, sums[2 * TILE + j], 1e-10);
        }
      }
      int[] sameWords = new int[words.length];
      double[] sameSums = new double[sums.length];
      panama.signs(r, z, dim, sameWords, sameSums);
      assertArrayEquals(words, sameWords);
      assertArrayEquals(sums, sameSums);
    }
  }
}

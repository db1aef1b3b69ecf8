// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What prepares a query and picks candidates: the same from both kernels, and what it should be.
 */
class QueryKernelsTest {

  private static final float[] ODD = {
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    -0f,
    0f,
    Float.MAX_VALUE,
    Float.MIN_VALUE
  };

  private final VectorKernel scalar = new ScalarKernel();
  private final VectorKernel panama = new PanamaKernel();
  private final Random random = new Random(7);

  private float[] floats(int length, boolean odd) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] =
          odd && random.nextInt(4) == 0
              ? ODD[random.nextInt(ODD.length)]
              : (float) random.nextGaussian();
    }
    return values;
  }

  @Test
  void belowIsEverythingThatIsNotAtLeastTheThreshold() {
    for (int round = 0; round < 2_000; round++) {
      float[] values = floats(64, round % 2 == 0);
      int count = 1 + random.nextInt(64);
      float threshold = round % 3 == 0 ? floats(1, true)[0] : values[random.nextInt(64)];
      long expected = 0;
      for (int i = 0; i < count; i++) {
        expected |= !(values[i] >= threshold) ? 1L << i : 0;
      }
      assertEquals(expected, scalar.below(values, count, threshold));
      assertEquals(expected, panama.below(values, count, threshold));
    }
  }

  @Test
  void gatherPermutesAndScales() {
    for (int round = 0; round < 200; round++) {
      int length = 1 + random.nextInt(200);
      int inOffset = random.nextInt(5);
      int outOffset = random.nextInt(5);
      float[] in = floats(inOffset + length, false);
      float[] factor = floats(length, false);
      int[] source = IntStream.generate(() -> random.nextInt(length)).limit(length).toArray();
      float[] expected = new float[outOffset + length];
      float[] actual = new float[outOffset + length];
      scalar.gather(in, inOffset, source, factor, expected, outOffset, length);
      panama.gather(in, inOffset, source, factor, actual, outOffset, length);
      assertArrayEquals(expected, actual);
      assertEquals(
          in[inOffset + source[length - 1]] * factor[length - 1], expected[expected.length - 1]);
    }
  }

  @Test
  void largestAndClippedEnergyAgree() {
    for (int round = 0; round < 200; round++) {
      int length = 1 + random.nextInt(300);
      float[] values = floats(length, false);
      float max = 0;
      double excess = 0;
      for (float value : values) {
        max = Math.max(max, Math.abs(value));
        excess += Math.pow(Math.max(Math.abs(value) - 0.5, 0), 2);
      }
      assertEquals(max, scalar.maxAbs(values, length));
      assertEquals(max, panama.maxAbs(values, length));
      int from = random.nextInt(length);
      float end = scalar.maxAbs(Arrays.copyOfRange(values, from, length), length - from);
      assertEquals(end, scalar.maxAbs(values, from, length - from));
      assertEquals(end, panama.maxAbs(values, from, length - from));
      assertEquals(excess, scalar.excess(values, length, 0.5f), 1e-5 * excess);
      assertEquals(excess, panama.excess(values, length, 0.5f), 1e-5 * excess);
    }
    float[] infinite = floats(100, false);
    infinite[61] = Float.NEGATIVE_INFINITY;
    assertEquals(Float.POSITIVE_INFINITY, panama.maxAbs(infinite, 100));
    infinite[3] = Float.NaN;
    assertEquals(Float.NaN, scalar.maxAbs(infinite, 100));
    assertEquals(Float.NaN, panama.maxAbs(infinite, 100));
  }

  @Test
  void digitsAreTheRoundedIntegers() {
    for (int round = 0; round < 200; round++) {
      int length = 32 * (1 + random.nextInt(30));
      float[] values = floats(length, round % 4 == 0);
      if (round % 4 == 1) {
        for (int i = 0; i < length; i++) {
          values[i] = (random.nextInt(41) - 20) / 2f; // halves: ties go to the even integer
        }
      }
      float inverse = round % 2 == 0 ? 3.1f : 1;
      int[] expected = new int[length];
      int total = 0;
      for (int i = 0; i < length; i++) {
        float scaled = values[i] * inverse;
        expected[i] = Float.isNaN(scaled) ? 0 : (int) Math.clamp((long) Math.rint(scaled), -8, 7);
        total += expected[i];
      }
      for (VectorKernel kernel : List.of(scalar, panama)) {
        int[] actual = random.ints(length).toArray();
        assertEquals(total, kernel.digits(values, length, inverse, actual));
        assertArrayEquals(expected, actual);
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SmallestValuesTest {

  private static float[] values(Random random, int n, int kind) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] =
          switch (kind) {
            case 0 -> (float) random.nextGaussian();
            case 1 -> random.nextInt(5) - 2; // many ties
            case 2 -> (float) Math.exp(20 * random.nextGaussian()); // nearly all in one bucket
            case 3 -> (i % 7 == 0 ? -1 : 1) * Float.MAX_VALUE;
            default ->
                switch (random.nextInt(5)) {
                  case 0 -> Float.NaN;
                  case 1 -> Float.POSITIVE_INFINITY;
                  case 2 -> Float.NEGATIVE_INFINITY;
                  case 3 -> -0f;
                  default -> 0f;
                };
          };
    }
    return values;
  }

  @Test
  void selectsAndOrdersAsASortDoes() {
    Random random = new Random(3);
    for (int round = 0; round < 1_000; round++) {
      int n = 1 + random.nextInt(700);
      float[] values = values(random, n, round % 5);
      int count = 1 + random.nextInt(n);
      int[] order =
          IntStream.range(0, n)
              .boxed()
              .sorted(
                  Comparator.<Integer>comparingDouble(i -> values[i] + 0.0).thenComparing(i -> i))
              .mapToInt(i -> i)
              .toArray();
      int[] selected = new int[count];
      SmallestValues.select(values, n, count, selected);
      assertArrayEquals(IntStream.of(order).limit(count).sorted().toArray(), selected);
      long[] keys = SmallestValues.sort(values, n);
      for (int i = 0; i < n; i++) {
        assertEquals(order[i], (int) keys[i]);
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * On clusters at corners of a cube, thirty times as far apart as wide, so that it is plain where
 * centroids belong.
 */
class WarmStartTest {

  private static final int DIM = 8;
  private static final int LISTS = 16;

  /** A cluster centre for each number; those from 32 on are far from those below. */
  private static float[] centre(int number) {
    float[] centre = new float[DIM];
    for (int d = 0; d < DIM; d++) {
      centre[d] = (d == 5 ? 100 : 10) * ((number >> d) & 1);
    }
    return centre;
  }

  /** So many rows about the centre of each number. */
  private static FloatMatrix rows(int[] sizes) {
    Random random = new Random(5);
    int n = IntStream.of(sizes).sum();
    float[] values = new float[n * DIM];
    int at = 0;
    for (int number = 0; number < sizes.length; number++) {
      for (int i = 0; i < sizes[number]; i++) {
        for (float x : centre(number)) {
          values[at++] = x + (float) (0.3 * random.nextGaussian());
        }
      }
    }
    return new FloatMatrix(values, n, DIM);
  }

  private static FloatMatrix centres(int... numbers) {
    float[] values = new float[numbers.length * DIM];
    for (int i = 0; i < numbers.length; i++) {
      System.arraycopy(centre(numbers[i]), 0, values, i * DIM, DIM);
    }
    return new FloatMatrix(values, numbers.length, DIM);
  }

  private static IntStream range(int from, int to) {
    return IntStream.range(from, to);
  }

  private static int[] append(IntStream numbers, int last) {
    return IntStream.concat(numbers, IntStream.of(last)).toArray();
  }

  private static FloatMatrix choose(FloatMatrix rows, FloatMatrix old) throws IOException {
    try (Workers workers = new Workers(1)) {
      FloatMatrix chosen = WarmStart.choose(rows, old, LISTS, 3, workers, Workers.Tick.NONE);
      assertEquals(LISTS, chosen.rows());
      return chosen;
    }
  }

  /** How many centroids are near the centre of a number. */
  private static long near(FloatMatrix centroids, int number) {
    return range(0, centroids.rows())
        .filter(list -> {
          double distance = 0;
          for (int d = 0; d < DIM; d++) {
            double difference = centroids.row(list)[d] - centre(number)[d];
            distance += difference * difference;
          }
          return distance < 4;
        })
        .count();
  }

  /**
   * Fifteen lists of half the target size, too large to dissolve, and one that holds ten clusters
   * which came since: it is split, and the others make room.
   */
  @Test
  void aListThatGrewIsSplitThoughNoneIsFree() throws IOException {
    int[] sizes = new int[42];
    Arrays.fill(sizes, 0, LISTS - 1, 50);
    Arrays.fill(sizes, 32, 42, 90);
    FloatMatrix chosen = choose(rows(sizes), centres(append(range(0, LISTS - 1), 32)));
    long there = range(0, LISTS).filter(list -> chosen.row(list)[5] > 5).count();
    assertTrue(there >= 8, "centroids amid the 10 clusters of one list: " + there);
    long before = range(0, LISTS - 1).filter(number -> near(chosen, number) > 0).count();
    assertTrue(before >= 6, "lists of before: " + before);
  }

  /** Eight lists where no vector is any more: each is worth more elsewhere. */
  @Test
  void listsThatDriedUpAreDissolved() throws IOException {
    int[] sizes = new int[24];
    Arrays.fill(sizes, 0, 8, 100);
    Arrays.fill(sizes, 16, 24, 5);
    FloatMatrix rows = rows(sizes);
    FloatMatrix chosen = choose(rows, centres(range(0, 24).filter(i -> i < 8 || i > 15).toArray()));
    long stale = range(16, 24).mapToLong(number -> near(chosen, number)).sum();
    assertEquals(0, stale, "centroids where nearly nothing is left");
    for (int number = 0; number < 8; number++) {
      assertTrue(near(chosen, number) >= 1, "no centroid left for cluster " + number);
    }
  }

  /** What has neither grown nor dried up stays, bit for bit. */
  @Test
  void listsOfTheRightSizeStay() throws IOException {
    int[] sizes = new int[LISTS];
    Arrays.fill(sizes, 60);
    FloatMatrix old = centres(range(0, LISTS).toArray());
    assertEquals(Arrays.toString(old.values()), Arrays.toString(choose(rows(sizes), old).values()));
  }
}

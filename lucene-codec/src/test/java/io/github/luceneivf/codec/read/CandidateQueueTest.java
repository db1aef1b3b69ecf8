package io.github.luceneivf.codec.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CandidateQueueTest {

  @Test
  void keepsTheNearestInOrderWhateverArrives() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      int n = 1 + random.nextInt(2_000);
      int depth = 1 + random.nextInt(300);
      boolean ties = random.nextBoolean();
      float[] distances = new float[n];
      for (int i = 0; i < n; i++) {
        distances[i] = ties ? random.nextInt(20) - 10 : (float) random.nextGaussian();
      }
      CandidateQueue queue = new CandidateQueue(depth, n);
      for (int i = 0; i < n; i++) {
        if (distances[i] < queue.threshold()) {
          queue.add(distances[i], i);
        } else {
          queue.drop();
        }
      }
      int size = queue.finish();
      assertEquals(Math.min(depth, n), size, "seed " + seed);
      assertEquals(n > depth, queue.dropped(), "seed " + seed);
      float[] expected = distances.clone();
      Arrays.sort(expected);
      for (int i = 0; i < size; i++) {
        assertEquals(expected[i], distances[queue.ords()[i]], "seed " + seed + " at " + i);
      }
      assertEquals(size, Arrays.stream(queue.ords(), 0, size).distinct().count());
    }
  }

  @Test
  void equalDistancesAreInOrderOfOrdinals() {
    CandidateQueue queue = new CandidateQueue(10, 10);
    for (int ord = 9; ord >= 0; ord--) {
      queue.add(ord % 2 == 0 ? 0f : -0f, ord);
    }
    int size = queue.finish();
    int[] ords = Arrays.copyOf(queue.ords(), size);
    int[] sorted =
        IntStream.of(ords).boxed().sorted(Comparator.naturalOrder()).mapToInt(i -> i).toArray();
    assertEquals(Arrays.toString(sorted), Arrays.toString(ords));
  }

  @Test
  void notANumberIsFarthest() {
    CandidateQueue queue = new CandidateQueue(2, 3);
    queue.add(Float.NaN, 0);
    queue.add(5, 1);
    queue.add(4, 2);
    assertEquals(2, queue.finish());
    assertEquals(2, queue.ords()[0]);
    assertEquals(1, queue.ords()[1]);
    assertTrue(queue.dropped());
    assertFalse(new CandidateQueue(2, 3).dropped());
  }
}

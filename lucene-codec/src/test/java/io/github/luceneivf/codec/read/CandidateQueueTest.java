// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.kernel.Kernels;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CandidateQueueTest {

  private static void offerAll(CandidateQueue queue, float[] distances) {
    float[] block = new float[64];
    for (int at = 0; at < distances.length; at += 64) {
      int count = Math.min(64, distances.length - at);
      System.arraycopy(distances, at, block, 0, count);
      queue.offer(Kernels.get().below(block, count, queue.threshold()), block, at);
    }
  }

  /** The slots from nearest to farthest, the lower one first among equals. */
  private static List<Integer> order(float[] distances) {
    return IntStream.range(0, distances.length)
        .boxed()
        .sorted(Comparator.<Integer>comparingDouble(i -> distances[i] + 0.0).thenComparing(i -> i))
        .toList();
  }

  private static List<Integer> slots(CandidateQueue queue, int from, int to) {
    return IntStream.range(from, to).map(queue::slot).boxed().sorted().toList();
  }

  @Test
  void keepsTheNearestWhateverArrives() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      int n = 1 + random.nextInt(2_000);
      int keep = 1 + random.nextInt(300);
      boolean ties = random.nextBoolean();
      float[] distances = new float[n];
      for (int i = 0; i < n; i++) {
        distances[i] = ties ? random.nextInt(20) - 10 : (float) random.nextGaussian();
      }
      CandidateQueue queue = new CandidateQueue(keep, n);
      offerAll(queue, distances);
      int size = queue.finish();
      assertEquals(Math.min(keep, n), size, "seed " + seed);
      assertEquals(n > keep, queue.dropped(), "seed " + seed);
      List<Integer> order = order(distances);
      float within = (float) random.nextGaussian();
      long nearer = order.subList(0, size).stream().filter(i -> distances[i] < within).count();
      assertEquals(nearer, queue.nearer(within), "seed " + seed);
      for (int from = 0; from < size; ) {
        int to = Math.min(from + 1 + random.nextInt(40), size);
        queue.select(from, to);
        assertEquals(
            order.subList(from, to).stream().sorted().toList(),
            slots(queue, from, to),
            "seed " + seed);
        from = to;
      }
    }
  }

  @Test
  void whatIsNearestDoesNotDependOnHowMuchIsKept() {
    float[] distances = new float[1_000];
    Arrays.fill(distances, 500, 1_000, 1);
    CandidateQueue few = new CandidateQueue(20, distances.length);
    CandidateQueue many = new CandidateQueue(200, distances.length);
    offerAll(few, distances);
    offerAll(many, distances);
    assertEquals(20, few.finish());
    assertEquals(200, many.finish());
    many.select(0, 20);
    assertEquals(slots(few, 0, 20), slots(many, 0, 20));
  }

  @Test
  void notANumberIsFarthest() {
    CandidateQueue queue = new CandidateQueue(2, 4);
    offerAll(queue, new float[] {Float.NaN, 5, Float.POSITIVE_INFINITY, 4});
    assertEquals(2, queue.finish());
    assertEquals(List.of(1, 3), slots(queue, 0, 2));
    assertTrue(queue.dropped());
    assertFalse(new CandidateQueue(2, 3).dropped());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Work that is told to stop, and asks in time whether to go on. */
class WorkersTest {

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(60, TimeUnit.SECONDS), "nobody came");
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The range of the helper ends in no other way than by being stopped. */
  @Test
  @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aHelperDeepInARangeIsStopped() {
    CountDownLatch inside = new CountDownLatch(1);
    try (Workers workers = new Workers(2)) {
      Workers.Task task =
          (worker, _, _) -> {
            if (worker == 0) {
              await(inside);
              return;
            }
            inside.countDown();
            while (true) {
              workers.check(worker);
              Thread.onSpinWait();
            }
          };
      IOException e =
          assertThrows(
              IOException.class,
              () ->
                  workers.run(
                      2,
                      1,
                      task,
                      _ -> {
                        throw new IOException("aborted");
                      }));
      assertEquals("aborted", e.getMessage());
    }
  }

  /** The helper's range ends because the caller, which has nothing left to do, asks again. */
  @Test
  @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void theCallerAsksWhileItWaitsForHelpers() throws IOException {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(5);
    try (Workers workers = new Workers(2)) {
      workers.run(
          2,
          1,
          (worker, _, _) -> {
            if (worker > 0) {
              inside.countDown();
              await(asked);
            } else {
              await(inside);
            }
          },
          _ -> asked.countDown());
    }
    assertEquals(0, asked.getCount());
  }

  @Test
  @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void workersGoOnAfterARunThatWasStopped() throws IOException {
    AtomicInteger done = new AtomicInteger();
    try (Workers workers = new Workers(3)) {
      assertThrows(
          IOException.class,
          () ->
              workers.run(
                  100,
                  1,
                  (worker, _, _) -> {
                    do {
                      workers.check(worker);
                    } while (worker > 0);
                  },
                  _ -> {
                    throw new IOException("aborted");
                  }));
      workers.run(
          100,
          1,
          (worker, from, to) -> {
            workers.check(worker);
            done.addAndGet(to - from);
          },
          Workers.Tick.NONE);
    }
    assertEquals(100, done.get());
  }

  /** Each part takes ten iterations; it is asked in each of them, not only at its end. */
  @Test
  void partsOfAHierarchicalStartAskOnTheirWay() throws IOException {
    FloatMatrix rows = VectorGenerators.clusters(4_000, 4, 60, 0.5, 3);
    int[] asked = new int[1];
    try (Workers workers = new Workers(1)) {
      HierarchicalKMeans.choose(rows, 100, 7, workers, share -> asked[0] += share > 0.5 ? 1 : 0);
    }
    assertTrue(asked[0] >= 10 * 10, "asked in the second half: " + asked[0]);
  }

  /** Many equal rows are numbered one by one before it is known that they are few. */
  @Test
  void manyEqualRowsAreNumberedInStretches() throws IOException {
    int n = 100_000;
    FloatMatrix rows = new FloatMatrix(new float[n], n, 1);
    int[] asked = new int[1];
    int[] numbers = new DistinctRows(rows).numberAll(10, _ -> asked[0]++);
    assertEquals(n, numbers.length);
    assertTrue(asked[0] >= n / 4096, "asked: " + asked[0]);
  }

  @Test
  void theOrderOfManyCentroidsIsAskedAbout() throws IOException {
    FloatMatrix centroids = VectorGenerators.uniform(4_096, 2, 1);
    int[] asked = new int[1];
    assertEquals(4_096, CentroidOrder.order(centroids, _ -> asked[0]++).length);
    assertEquals(63, asked[0], "one for each part of more than 64 centroids");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.codebook.AbortCheck;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.lucene.util.ThreadInterruptedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TrainingGateTest {

  private final TrainingGate gate = new TrainingGate();
  private final TrainingGate.Visit first = gate.visit();
  private final TrainingGate.Visit second = gate.visit();
  private final ExecutorService other = Executors.newSingleThreadExecutor();

  @AfterEach
  void shutDown() {
    first.close();
    other.shutdownNow();
  }

  @Test
  void oneAtATime() {
    assertTrue(first.tryEnterMerge());
    assertFalse(second.tryEnterMerge());
    assertFalse(second.enterFlush(), "a flush never waits for a merge");
    second.close();
    assertFalse(second.tryEnterMerge(), "who is outside lets nobody in");
    first.close();
    assertTrue(second.tryEnterMerge());
    first.close();
    assertFalse(first.tryEnterMerge(), "who has left lets nobody in again");
  }

  @Test
  void aMergeThatWaitsAsksAgainAndAgain() throws Exception {
    assertTrue(first.tryEnterMerge());
    CountDownLatch asked = new CountDownLatch(3);
    Future<?> waiting =
        other.submit(() -> {
          second.enterMerge(asked::countDown);
          return null;
        });
    asked.await();
    assertFalse(waiting.isDone());
    first.close();
    waiting.get();
    assertFalse(first.tryEnterMerge());
  }

  @Test
  void anAbortedMergeGoesAwayAndIsNotLetIn() {
    assertTrue(first.tryEnterMerge());
    int[] asked = new int[1];
    AbortCheck abort =
        () -> {
          if (++asked[0] == 3) {
            throw new IOException("aborted");
          }
        };
    IOException e = assertThrows(IOException.class, () -> second.enterMerge(abort));
    assertEquals("aborted", e.getMessage());
    second.close();
    first.close();
    assertTrue(first.tryEnterMerge());
  }

  @Test
  void anInterruptedMergeGoesAway() throws Exception {
    assertTrue(first.tryEnterMerge());
    CountDownLatch asked = new CountDownLatch(2);
    Future<?> waiting =
        other.submit(() -> {
          second.enterMerge(asked::countDown);
          return null;
        });
    asked.await();
    other.shutdownNow();
    ExecutionException e = assertThrows(ExecutionException.class, waiting::get);
    assertInstanceOf(ThreadInterruptedException.class, e.getCause());
  }

  @Test
  void aFlushWaitsForAFlushWhateverInterruptsIt() throws Exception {
    assertTrue(first.enterFlush());
    CountDownLatch running = new CountDownLatch(1);
    Future<Boolean> waiting =
        other.submit(() -> {
          Thread.currentThread().interrupt();
          running.countDown();
          return second.enterFlush() && Thread.currentThread().isInterrupted();
        });
    running.await();
    assertFalse(waiting.isDone());
    first.close();
    assertTrue(waiting.get());
    assertFalse(first.tryEnterMerge());
  }
}

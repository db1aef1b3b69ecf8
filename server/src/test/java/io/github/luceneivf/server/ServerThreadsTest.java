// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an Error does to work that nobody waits for. */
class ServerThreadsTest {

  private final ServerThreads threads = ServerThreads.start(TestServer.LIMITS);

  @AfterEach
  void stop() {
    threads.stop();
  }

  @Test
  void repeatedTasksGoOnAfterAnError() throws InterruptedException {
    CountDownLatch runs = new CountDownLatch(3);
    Runnable task =
        () -> {
          runs.countDown();
          throw new StackOverflowError("test");
        };
    Future<?> atRate = threads.timer().scheduleAtFixedRate(task, 0, 1, TimeUnit.MILLISECONDS);
    assertTrue(runs.await(20, TimeUnit.SECONDS), "runs left: " + runs.getCount());
    atRate.cancel(false);
    CountDownLatch more = new CountDownLatch(3);
    Runnable paused =
        () -> {
          more.countDown();
          throw new IllegalStateException("test");
        };
    Future<?> _ = threads.timer().scheduleWithFixedDelay(paused, 0, 1, TimeUnit.MILLISECONDS);
    assertTrue(more.await(20, TimeUnit.SECONDS), "runs left: " + more.getCount());
  }

  @Test
  void sweeperSaysWhenItFailsAgainAndAgain() {
    List<Boolean> health = new ArrayList<>();
    int[] sweeps = {0};
    Sweeper sweeper =
        new Sweeper(
            () -> {
              sweeps[0]++;
              if (sweeps[0] != 2 && sweeps[0] < 8) {
                throw new NoClassDefFoundError("test");
              }
            },
            health::add);
    sweeper.run();
    sweeper.run(); // succeeds: the count begins anew
    sweeper.run();
    sweeper.run();
    assertEquals(List.of(), health);
    sweeper.run();
    assertEquals(List.of(false), health);
    sweeper.run();
    sweeper.run();
    assertEquals(List.of(false), health);
    sweeper.run();
    sweeper.run();
    assertEquals(List.of(false, true), health);
  }
}

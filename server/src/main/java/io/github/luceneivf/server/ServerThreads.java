// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server;

import io.github.luceneivf.server.config.Limits;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of a server, all daemons.
 *
 * @param calls runs the callbacks of calls, which do not block
 * @param training runs trainings, two at a time, so that a small one need not wait for a large one
 * @param merge runs encode streams, one thread each
 * @param disk runs what waits for the disk
 * @param timer heartbeats, time limits and sweeps; what a task throws does not end its repetition
 */
record ServerThreads(
    ExecutorService calls,
    ExecutorService training,
    ExecutorService merge,
    ExecutorService disk,
    ScheduledExecutorService timer) {

  private static final Logger LOG = LoggerFactory.getLogger(ServerThreads.class);
  private static final int MIN_CALL_THREADS = 4;
  private static final int TRAININGS = 2;
  private static final int DISK_THREADS = 2;

  static ServerThreads start(Limits limits) {
    int processors = Runtime.getRuntime().availableProcessors();
    return new ServerThreads(
        Executors.newFixedThreadPool(
            Math.max(MIN_CALL_THREADS, 2 * processors), factory("ivf-call")),
        Executors.newFixedThreadPool(TRAININGS, factory("ivf-train")),
        Executors.newFixedThreadPool(limits.maxStreams(), factory("ivf-merge")),
        Executors.newFixedThreadPool(DISK_THREADS, factory("ivf-disk")),
        new GuardedTimer(factory("ivf-timer")));
  }

  private static ThreadFactory factory(String name) {
    AtomicInteger count = new AtomicInteger();
    return runnable -> {
      Thread thread = new Thread(runnable, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      // Tasks tell whoever waits for them themselves; what still comes here must not go unseen.
      thread.setUncaughtExceptionHandler((failed, e) ->
          LOG.atError()
              .addKeyValue("thread", failed.getName())
              .setCause(e)
              .log("task of a pool failed"));
      return thread;
    };
  }

  void stop() {
    List.of(timer, training, merge, disk, calls).forEach(ExecutorService::shutdownNow);
  }
}

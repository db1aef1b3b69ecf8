// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server;

import io.github.luceneivf.server.config.Limits;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of a server, all daemons.
 *
 * @param calls runs the callbacks of calls, which do not block
 * @param training runs trainings, two at a time, so that a small one need not wait for a large one
 * @param merge runs encode streams, one thread each
 * @param disk runs what waits for the disk
 * @param timer heartbeats and sweeps
 */
record ServerThreads(
    ExecutorService calls,
    ExecutorService training,
    ExecutorService merge,
    ExecutorService disk,
    ScheduledExecutorService timer) {

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
        newTimer());
  }

  /** What is cancelled is forgotten at once: it knows the call that it was to look after. */
  private static ScheduledExecutorService newTimer() {
    ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, factory("ivf-timer"));
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  private static ThreadFactory factory(String name) {
    AtomicInteger count = new AtomicInteger();
    return runnable -> {
      Thread thread = new Thread(runnable, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  void stop() {
    List.of(timer, training, merge, disk, calls).forEach(ExecutorService::shutdownNow);
  }
}

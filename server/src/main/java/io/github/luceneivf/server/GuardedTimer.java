// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread for what is done later, or again and again. What a task throws is logged, be it an
 * Error, and ends neither the thread nor the repetition of the task: whoever counts on a sweep, a
 * heartbeat or a time limit can count on the next one. Thread-safe.
 */
final class GuardedTimer extends ScheduledThreadPoolExecutor {

  private static final Logger LOG = LoggerFactory.getLogger(GuardedTimer.class);

  GuardedTimer(ThreadFactory threads) {
    super(1, threads);
    setRemoveOnCancelPolicy(true);
  }

  private static Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        LOG.atError().setCause(e).log("task of the timer failed");
      }
    };
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    return super.schedule(guarded(task), delay, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable task, long delay, long period, TimeUnit unit) {
    return super.scheduleAtFixedRate(guarded(task), delay, period, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, long delay, long pause, TimeUnit unit) {
    return super.scheduleWithFixedDelay(guarded(task), delay, pause, unit);
  }
}

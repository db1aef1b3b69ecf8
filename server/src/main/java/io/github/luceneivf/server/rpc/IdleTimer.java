// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Does something when there was no sign of life for a time. Thread-safe. */
public final class IdleTimer implements AutoCloseable {

  private final ScheduledExecutorService timer;
  private final long idleNanos;
  private final Runnable onIdle;
  private volatile long lastNanos = System.nanoTime();
  private volatile boolean closed;

  private IdleTimer(ScheduledExecutorService timer, Duration idle, Runnable onIdle) {
    this.timer = timer;
    this.idleNanos = idle.toNanos();
    this.onIdle = onIdle;
  }

  /** Starts a timer that runs something once, unless it is closed before. */
  public static IdleTimer start(ScheduledExecutorService timer, Duration idle, Runnable onIdle) {
    IdleTimer started = new IdleTimer(timer, idle, onIdle);
    started.schedule(started.idleNanos);
    return started;
  }

  private void schedule(long nanos) {
    Future<?> _ = timer.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
  }

  private void look() {
    if (closed) {
      return;
    }
    long quiet = System.nanoTime() - lastNanos;
    if (quiet < idleNanos) {
      schedule(idleNanos - quiet);
    } else {
      closed = true;
      onIdle.run();
    }
  }

  /** Notes a sign of life. */
  public void touch() {
    lastNanos = System.nanoTime();
  }

  @Override
  public void close() {
    closed = true;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells when a client that is waited for falls behind its {@link Pace}. It forgets whom to tell
 * once it is closed. Thread-safe.
 */
public final class PaceTimer implements AutoCloseable {

  private final ScheduledExecutorService timer;
  private Pace pace;
  private @Nullable Consumer<RequestException> onLate;
  private @Nullable Future<?> next;
  private long lastLook = System.nanoTime();

  private PaceTimer(ScheduledExecutorService timer, Pace pace, Consumer<RequestException> onLate) {
    this.timer = timer;
    this.pace = pace;
    this.onLate = onLate;
  }

  /**
   * Starts a timer.
   *
   * @param pace handed over
   * @param onLate told once, unless it is closed before
   */
  public static PaceTimer start(
      ScheduledExecutorService timer, Pace pace, Consumer<RequestException> onLate) {
    PaceTimer started = new PaceTimer(timer, pace, onLate);
    started.schedule();
    return started;
  }

  private synchronized void schedule() {
    if (onLate != null) {
      next = timer.schedule(this::look, pace.leftNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void look() {
    Consumer<RequestException> told;
    RequestException late;
    synchronized (this) {
      told = onLate;
      if (told == null) {
        return;
      }
      try {
        waited();
        schedule();
        return;
      } catch (RequestException e) {
        late = e;
        onLate = null;
      }
    }
    told.accept(late);
  }

  private void waited() {
    long now = System.nanoTime();
    long nanos = now - lastLook;
    lastLook = now;
    pace.waited(nanos);
  }

  /**
   * The client sent or took something.
   *
   * @throws RequestException if it is too late
   */
  public synchronized void moved(long bytes) {
    waited();
    pace.moved(bytes);
  }

  /**
   * Something else is waited for from now on.
   *
   * @param following handed over
   * @throws RequestException if the client is too late already
   */
  synchronized void follow(Pace following) {
    waited();
    pace = following;
    cancel();
    schedule();
  }

  private void cancel() {
    Future<?> pending = next;
    if (pending != null) {
      pending.cancel(false);
    }
  }

  @Override
  public synchronized void close() {
    onLate = null;
    cancel();
  }
}

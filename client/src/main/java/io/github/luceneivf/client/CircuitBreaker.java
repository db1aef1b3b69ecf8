// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import io.github.luceneivf.client.SidecarException.Reason;
import io.github.luceneivf.wire.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Keeps a dead sidecar from costing time: after some failures in a row, or one that was waited for,
 * it lets no call through for a while, then one at a time as a probe, until one succeeds.
 * Thread-safe.
 *
 * <p>After M. Nygard, Release It!, 2007, chapter 5.2.
 */
final class CircuitBreaker {

  /** Failures in a row that open it. */
  static final int FAILURES = 3;

  /** How long it stays open. */
  static final Duration PAUSE = Duration.ofSeconds(30);

  private final LongSupplier nanoClock;
  private int failures;
  private long openedNanos;
  private boolean probing;

  /**
   * Creates a closed breaker.
   *
   * @param nanoClock time in nanoseconds, as {@link System#nanoTime}
   */
  CircuitBreaker(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Work that needs the sidecar. */
  interface Work<T> {
    T run() throws IOException;
  }

  /**
   * Runs work, unless the sidecar is not to be asked now.
   *
   * @param onFailure called if the sidecar did not do the work
   * @throws SidecarException if it did not; an answer that cannot be right is one of these too
   * @throws IOException what else {@code work} threw
   */
  <T> T run(Work<T> work, Runnable onFailure) throws IOException {
    enter();
    boolean settled = false;
    try {
      T result = checked(work);
      settled = true;
      succeeded();
      return result;
    } catch (SidecarException e) {
      if (isFailure(e.reason())) {
        settled = true;
        if (e.reason() == Reason.TIMEOUT) {
          timedOut();
        } else {
          failed();
        }
        onFailure.run();
      }
      throw e;
    } finally {
      if (!settled) {
        abandoned();
      }
    }
  }

  private static <T> T checked(Work<T> work) throws IOException {
    try {
      return work.run();
    } catch (WireException e) {
      throw SidecarException.invalid(e);
    }
  }

  /** A refusal is an answer: the sidecar is alive. */
  private static boolean isFailure(Reason reason) {
    return reason != Reason.REFUSED && reason != Reason.NOT_FOUND;
  }

  /**
   * Lets a call through. Each call let through ends with {@link #succeeded}, {@link #failed} or
   * {@link #abandoned}.
   *
   * @throws SidecarException if none may pass now
   */
  synchronized void enter() throws SidecarException {
    if (failures < FAILURES) {
      return;
    }
    long elapsed = nanoClock.getAsLong() - openedNanos;
    if (probing || elapsed < PAUSE.toNanos()) {
      throw new SidecarException(
          Reason.CIRCUIT_OPEN, "sidecar failed just before and is not asked for now");
    }
    probing = true;
  }

  /** The sidecar works. */
  synchronized void succeeded() {
    failures = 0;
    probing = false;
  }

  /** The sidecar does not work. */
  synchronized void failed() {
    failed(1);
  }

  /**
   * The sidecar did not answer in time. That alone cost seconds, which the next call would lose
   * too: it counts as much as all the failures that open the breaker.
   */
  synchronized void timedOut() {
    failed(FAILURES);
  }

  private void failed(int weight) {
    failures = Math.min(failures + weight, Integer.MAX_VALUE / 2);
    openedNanos = nanoClock.getAsLong();
    probing = false;
  }

  /** The call ended for another reason, and says nothing about the sidecar. */
  synchronized void abandoned() {
    probing = false;
  }
}

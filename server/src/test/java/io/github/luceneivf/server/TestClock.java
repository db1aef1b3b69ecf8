// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server;

import io.github.luceneivf.server.config.ServerClock;
import java.time.Duration;
import java.time.Instant;

/** A clock that a test moves. */
public final class TestClock implements ServerClock {

  private volatile Instant now = Instant.parse("2025-01-01T00:00:00Z");
  private volatile long nanos;

  /** Lets time pass. */
  public synchronized void pass(Duration time) {
    now = now.plus(time);
    nanos += time.toNanos();
  }

  /** Sets the time of day, as an administrator might. */
  public synchronized void set(Instant time) {
    now = time;
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public long nanos() {
    return nanos;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

import io.github.luceneivf.server.config.Limits;
import java.time.Duration;

/**
 * Holds a client to a pace while it is waited for. Silence longer than a limit ends the call, and
 * so does less than {@link Limits#MIN_BYTES_PER_SECOND} over as long a time, so that a trickle does
 * not hold a place for ever. Not thread-safe.
 */
public final class Pace {

  private final String what;
  private final Duration idle;
  private long quietNanos;
  private long windowNanos;
  private long windowBytes;

  /**
   * Creates a pace.
   *
   * @param what is waited for and in what manner, for messages: "vectors must come"
   * @param idle longest silence
   */
  public Pace(String what, Duration idle) {
    this.what = what;
    this.idle = idle;
  }

  /**
   * The client was waited for.
   *
   * @throws RequestException if it was for too long
   */
  public void waited(long nanos) {
    quietNanos += nanos;
    windowNanos += nanos;
    if (quietNanos >= idle.toNanos()) {
      throw RequestException.idle(what + " within " + idle);
    }
    if (windowNanos >= idle.toNanos()) {
      double least = Limits.MIN_BYTES_PER_SECOND * (windowNanos / 1e9);
      if (windowBytes < least) {
        throw RequestException.idle(
            what
                + " at "
                + Limits.MIN_BYTES_PER_SECOND
                + " bytes/s or more, got: "
                + windowBytes
                + " bytes in "
                + Duration.ofNanos(windowNanos));
      }
      windowNanos = 0;
      windowBytes = 0;
    }
  }

  /** The client sent or took something. */
  public void moved(long bytes) {
    quietNanos = 0;
    windowBytes += bytes;
  }

  /** Returns how long it may be waited for until there is something to decide. */
  long leftNanos() {
    return idle.toNanos() - Math.max(quietNanos, windowNanos);
  }
}

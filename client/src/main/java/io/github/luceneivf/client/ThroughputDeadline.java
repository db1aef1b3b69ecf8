// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import io.github.luceneivf.client.SidecarException.Reason;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The end of work that the sidecar does too slowly. Only the time spent waiting for it counts:
 * silence longer than one limit ends the work, and so does less than {@link #MIN_BYTES_PER_SECOND}
 * over the other, so that a trickle cannot hold a merge for ever. Not thread-safe.
 */
final class ThroughputDeadline {

  /**
   * Slowest acceptable progress. A sidecar thread shared by 16 streams does about this with 65536
   * lists of 1024 dimensions.
   */
  static final long MIN_BYTES_PER_SECOND = 64 << 10;

  private final LongSupplier nanoClock;
  private final long silenceNanos;
  private final long windowNanos;
  private final double windowBytes;
  private long waitStart;
  private long quietNanos;
  private long windowWaited;
  private double windowDone;

  ThroughputDeadline(RemoteConfig config, LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.silenceNanos = config.silenceDeadline().toNanos();
    this.windowNanos = Math.min(config.progressDeadline().toNanos(), silenceNanos);
    this.windowBytes = MIN_BYTES_PER_SECOND * (windowNanos / 1e9);
  }

  /** A wait begins. */
  void beginWait() {
    waitStart = nanoClock.getAsLong();
  }

  /**
   * A wait ends.
   *
   * @throws SidecarException if it was one too many
   */
  void endWait() throws SidecarException {
    long waited = nanoClock.getAsLong() - waitStart;
    quietNanos += waited;
    windowWaited += waited;
    if (quietNanos > silenceNanos) {
      throw new SidecarException(
          Reason.TIMEOUT, "sidecar was silent for " + Duration.ofNanos(quietNanos));
    }
    if (windowWaited > windowNanos) {
      if (windowDone < windowBytes) {
        throw new SidecarException(
            Reason.TIMEOUT,
            "sidecar did "
                + (long) windowDone
                + " bytes in "
                + Duration.ofNanos(windowWaited)
                + ", too slow");
      }
      windowWaited = 0;
      windowDone = 0;
    }
  }

  /** The sidecar did something. */
  void advanced(long bytes) {
    quietNanos = 0;
    windowDone += bytes;
  }
}

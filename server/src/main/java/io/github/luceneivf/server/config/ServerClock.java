// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.config;

import java.time.Instant;

/**
 * Tells the time. Intervals go by {@link #nanos()}, which no one can set; {@link #now()} is for
 * what people read, and for what was written before the server started. Thread-safe.
 */
public interface ServerClock {

  /** The clocks of the machine. */
  ServerClock SYSTEM =
      new ServerClock() {
        @Override
        public Instant now() {
          return Instant.now();
        }

        @Override
        public long nanos() {
          return System.nanoTime();
        }
      };

  /** Returns the time of day. */
  Instant now();

  /** Returns nanoseconds since some moment, as {@link System#nanoTime}. */
  long nanos();
}

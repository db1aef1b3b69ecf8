// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import io.github.luceneivf.server.config.ServerClock;

/** Who follows a job, and how long nobody has. Thread-safe. */
final class Lease {

  private final ServerClock clock;
  private volatile long lastNanos;
  private int followers;

  /** Creates a lease that begins now. */
  Lease(ServerClock clock) {
    this.clock = clock;
    this.lastNanos = clock.nanos();
  }

  /** Returns how long nobody has followed the job, in nanoseconds. */
  synchronized long unfollowedNanos() {
    return isFollowed() ? 0 : clock.nanos() - lastNanos;
  }

  /** Returns whether somebody watches. */
  synchronized boolean isFollowed() {
    return followers > 0;
  }

  /** Begins anew. */
  void renew() {
    lastNanos = clock.nanos();
  }

  /** Somebody follows from now on. */
  synchronized void follow() {
    followers++;
  }

  /** Somebody does not follow any more. */
  synchronized void unfollow() {
    followers--;
    renew();
  }
}

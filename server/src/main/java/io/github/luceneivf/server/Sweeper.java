// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sweeps again and again, whatever a sweep throws. A server that can no longer sweep forgets
 * nothing and ends nothing, so that it soon serves nobody: after some failures in a row it says so,
 * and takes that back when a sweep succeeds. Confined to the timer's thread.
 */
final class Sweeper implements Runnable {

  /** Failures in a row after which the server is no longer well. */
  static final int MOST_FAILURES = 3;

  private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);

  private final Runnable sweep;
  private final Health health;
  private int failures;

  /** Is told how the server is. */
  @FunctionalInterface
  interface Health {
    /** Called when it changes. */
    void well(boolean well);
  }

  Sweeper(Runnable sweep, Health health) {
    this.sweep = sweep;
    this.health = health;
  }

  @Override
  public void run() {
    try {
      sweep.run();
    } catch (RuntimeException | Error e) {
      failures = Math.min(failures + 1, MOST_FAILURES + 1);
      if (failures <= MOST_FAILURES) {
        LOG.atError().addKeyValue("failures", failures).setCause(e).log("sweep failed");
      }
      if (failures == MOST_FAILURES) {
        LOG.atError().log("sweeps fail again and again, health says NOT_SERVING");
        health.well(false);
      }
      return;
    }
    if (failures >= MOST_FAILURES) {
      LOG.atInfo().log("sweeps succeed again");
      health.well(true);
    }
    failures = 0;
  }
}

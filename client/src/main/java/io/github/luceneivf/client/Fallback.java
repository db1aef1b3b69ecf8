// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import java.io.IOException;
import java.util.Optional;

/** Tries the sidecar, and says when it must be done otherwise. Immutable. */
final class Fallback {

  private static final System.Logger LOG = System.getLogger(Fallback.class.getName());

  private final String work;
  private final SidecarCounters counters;

  /**
   * Creates a fallback.
   *
   * @param work what is done, for the log
   */
  Fallback(String work, SidecarCounters counters) {
    this.work = work;
    this.counters = counters;
  }

  /**
   * Tries the sidecar.
   *
   * @return its result, or empty if it is to be done in this process
   * @throws IOException anything but trouble with the sidecar, unchanged
   */
  <T> Optional<T> attempt(CircuitBreaker.Work<T> remote) throws IOException {
    boolean settled = false;
    try {
      T result = remote.run();
      counters.countRemote();
      settled = true;
      return Optional.of(result);
    } catch (SidecarException e) {
      counters.countFallback(e.reason());
      settled = true;
      LOG.log(
          System.Logger.Level.WARNING,
          work + " in this process, not by the sidecar: " + e.reason() + ": " + e.getMessage());
      return Optional.empty();
    } finally {
      if (!settled) {
        counters.countRethrown();
      }
    }
  }
}

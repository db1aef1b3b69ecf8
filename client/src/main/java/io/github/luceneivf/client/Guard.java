// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import java.io.IOException;

/** Runs work with the sidecar under its circuit breaker. Stateless. */
final class Guard {

  private Guard() {}

  /** Work that needs the sidecar. */
  interface Work<T> {
    T run() throws IOException;
  }

  static <T> T run(SidecarConnection connection, Work<T> work) throws IOException {
    CircuitBreaker breaker = connection.breaker();
    breaker.enter();
    boolean settled = false;
    try {
      T result = work.run();
      settled = true;
      breaker.succeeded();
      return result;
    } catch (SidecarException e) {
      if (isFailure(e.reason())) {
        settled = true;
        if (e.reason() == SidecarException.Reason.TIMEOUT) {
          breaker.timedOut();
        } else {
          breaker.failed();
        }
        connection.renew();
      }
      throw e;
    } finally {
      if (!settled) {
        breaker.abandoned();
      }
    }
  }

  /** A refusal is an answer: the sidecar is alive. */
  private static boolean isFailure(SidecarException.Reason reason) {
    return reason != SidecarException.Reason.REFUSED && reason != SidecarException.Reason.NOT_FOUND;
  }
}

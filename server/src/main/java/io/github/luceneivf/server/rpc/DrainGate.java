// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

/** Tells whether new work is wanted. Thread-safe. */
public final class DrainGate {

  private volatile boolean closed;

  /** Creates an open gate. */
  public DrainGate() {}

  /** Refuses new work from now on. */
  public void close() {
    closed = true;
  }

  /**
   * Lets new work in.
   *
   * @throws RequestException if none is wanted any more
   */
  public void requireOpen() {
    if (closed) {
      throw RequestException.draining();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fault;

import java.time.Duration;

/** What a {@link FaultProxy} does with the bytes of one direction. Immutable. */
sealed interface Fault {

  /** Passes all bytes on at once. */
  Fault NONE = new Pass();

  /** Passes bytes on. */
  record Pass() implements Fault {}

  /**
   * Passes bytes on later.
   *
   * @param by how much later
   */
  record Delay(Duration by) implements Fault {}

  /**
   * Passes few bytes on.
   *
   * @param bytesPerSecond how many, at least 10
   */
  record Throttle(int bytesPerSecond) implements Fault {}

  /** Passes nothing on and takes nothing more, until another fault is set. */
  record BlackHole() implements Fault {}

  /** Tells the receiver that nothing follows, and drops what does. */
  record HalfClose() implements Fault {}

  /** Breaks the connection, both ways, with RST. */
  record Reset() implements Fault {}

  /**
   * Flips one bit of one byte of each connection.
   *
   * @param part where in HTTP/2 the byte is
   * @param skip bytes of this part that pass unharmed, since the fault was set
   * @param bit which bit, in [0, 7]
   */
  record Flip(Http2Bytes.Part part, long skip, int bit) implements Fault {}
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.wire;

/**
 * A message received that cannot be right; the text names what is wrong. To the client it is a
 * wrong answer, to the server a request that can never work.
 */
public final class WireException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception. */
  public WireException(String message) {
    super(message);
  }

  /** Creates an exception with a cause. */
  public WireException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Checks that a number lies in a range.
   *
   * @throws WireException if it does not
   */
  static void requireRange(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new WireException(name + " must be in [" + min + ", " + max + "], got: " + value);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

/** Numbers without an order from numbers in a row: the same each time, and spread evenly. */
// Multiples of 2³² over the golden ratio: D. Knuth, The Art of Computer Programming 3, 6.4.
final class Scattered {

  private static final int GOLDEN = 0x9E37_79B9;

  private Scattered() {}

  /**
   * Returns {@code bits} bits for {@code n}.
   *
   * @param bits in [1, 31]
   */
  static int bits(int n, int bits) {
    return n * GOLDEN >>> (Integer.SIZE - bits);
  }
}

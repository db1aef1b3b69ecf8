// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class NormalTailTest {

  /** From tables of the normal distribution. */
  private static final double[][] TAILS = {
    {0, 0.5}, {0.5, 0.30854}, {1, 0.15866}, {1.64485, 0.05}, {2.32635, 0.01}, {3.09023, 0.001}
  };

  @Test
  void isNearTheTables() {
    for (double[] tail : TAILS) {
      assertEquals(tail[1], NormalTail.share(tail[0]), 0.004);
      assertEquals(tail[0], NormalTail.deviations(tail[1]), 0.15);
    }
  }

  @Test
  void isInverted() {
    for (double share = 0.5; share > 1e-6; share *= 0.7) {
      assertEquals(share, NormalTail.share(NormalTail.deviations(share)), 1e-9 + 1e-6 * share);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import java.util.Arrays;
import java.util.SplittableRandom;

/** One of some kinds, of which kind i has a share in proportion to 1/(i + 1). Immutable. */
final class PowerLaw {

  /** Share of the kinds up to each one. */
  private final double[] upTo;

  /** Creates the law of {@code kinds} kinds, at least 1. */
  PowerLaw(int kinds) {
    upTo = new double[kinds];
    double sum = 0;
    for (int i = 0; i < kinds; i++) {
      sum += 1.0 / (i + 1);
      upTo[i] = sum;
    }
    for (int i = 0; i < kinds; i++) {
      upTo[i] /= sum;
    }
  }

  /** Draws a kind, in [0, kinds). */
  int draw(SplittableRandom random) {
    int found = Arrays.binarySearch(upTo, random.nextDouble());
    return Math.min(upTo.length - 1, found < 0 ? -found - 1 : found);
  }
}

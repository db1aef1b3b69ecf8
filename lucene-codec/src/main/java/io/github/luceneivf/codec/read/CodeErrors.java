// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

/**
 * By how much approximate distances are too large, and what margin keeps nearly all vectors of a
 * range nevertheless: from vectors whose exact distance is known. Nothing depends on the order in
 * which these come. Not thread-safe; one per search.
 */
// Errors are taken as normal. Of a vector nearer than the threshold T by g deviations, a bound of T
// plus z deviations loses Q(z + g), Q being the upper tail; the mean over vectors found is what the
// bound loses of the range. In many dimensions most are just wanted, g about 0; where the wanted
// are the core of a dense region, g is large and z may be small.
//
// Vectors found have errors below the bound by which they were found. So only the first ones count,
// whose bound was wide: otherwise each bound would make the next one narrower.
final class CodeErrors {

  /** Vectors from which on their errors say something. */
  private static final int LEAST = 16;

  /** Vectors found from which on the bound may be narrower; errors of more do not count. */
  private static final int SETTLED = 512;

  /**
   * Standard deviations of the error that are allowed for until then: of vectors that are just
   * wanted, codes hide 0.6 %.
   */
  private static final double WIDE = 2.5;

  /** Steps of gaps, and of the bound, in deviations. */
  private static final double STEP = 0.25;

  private final double mayBeLost;
  private final Spread sample = new Spread();
  private final Spread hits = new Spread();
  private final int[] gaps = new int[16];
  private int found;

  /**
   * Begins without vectors.
   *
   * @param mayBeLost share of the vectors of the range that codes may hide
   */
  CodeErrors(double mayBeLost) {
    this.mayBeLost = mayBeLost;
  }

  /** Adds the error of a vector that was chosen without regard to its distance. */
  void addSample(double error) {
    sample.add(error);
  }

  /**
   * Adds the error of a vector that is wanted.
   *
   * @param gap by how much its distance is below the threshold
   */
  void addHit(double error, double gap) {
    if (found < SETTLED) {
      hits.add(error);
    }
    double steps = gap / (STEP * sample.deviation());
    gaps[(int) Math.clamp(steps, 0, gaps.length - 1)]++;
    found++;
  }

  /** Returns whether there is a margin. */
  boolean isKnown() {
    return sample.count() >= LEAST;
  }

  /** Returns what to add to the threshold so that nearly no vector of the range is lost. */
  double margin() {
    double wide = sample.mean() + WIDE * sample.deviation();
    if (hits.count() < LEAST) {
      return wide;
    }
    double deviation = hits.deviation();
    if (found < SETTLED) {
      return Math.max(wide, hits.mean() + WIDE * deviation);
    }
    double bound = WIDE;
    while (bound > STEP && lost(bound - STEP, sample.deviation() / deviation) <= mayBeLost) {
      bound -= STEP;
    }
    return hits.mean() + bound * deviation;
  }

  /**
   * Returns the share of the vectors found that a bound loses.
   *
   * @param scale of gaps, which are in deviations of the sample
   */
  private double lost(double bound, double scale) {
    double sum = 0;
    for (int i = 0; i < gaps.length; i++) {
      double x = bound + STEP * scale * i;
      sum += gaps[i] * NormalTail.share(x);
    }
    return sum / found;
  }
}

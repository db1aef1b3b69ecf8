// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.recall;

import io.github.luceneivf.probe.IvfSearchStrategy;
import java.util.OptionalDouble;

/**
 * How queries are asked.
 *
 * @param name for people
 * @param strategy for a query
 */
record Setting(String name, IvfSearchStrategy strategy) {

  /** What a query gets that says nothing. */
  static final Setting DEFAULT = new Setting("default", IvfSearchStrategy.CALIBRATED);

  /** Candidates reranked for each neighbour wanted, far more than the default. */
  private static final float OVERSAMPLE = 50;

  /** The default, but for many more candidates that are reranked: shows what codes cost. */
  static final Setting OVERSAMPLED =
      new Setting("oversample 50", IvfSearchStrategy.CALIBRATED.oversample(OVERSAMPLE));

  /** Aims at a recall. */
  static Setting recall(double target) {
    return new Setting("recall(" + target + ")", IvfSearchStrategy.recall(target));
  }

  /** Probes so many lists. */
  static Setting nprobe(int nprobe) {
    return new Setting("nprobe(" + nprobe + ")", IvfSearchStrategy.nprobe(nprobe));
  }

  /** Returns the recall aimed at, if there is one. */
  OptionalDouble target() {
    return strategy.recall();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * Settings that differ in one knob, cheapest first: each looks at more than the one before.
 * Immutable.
 *
 * @param rungs at least one
 */
public record Ladder(List<Setting> rungs) {

  /** Copies the settings. */
  public Ladder {
    rungs = List.copyOf(rungs);
    if (rungs.isEmpty()) {
      throw new IllegalArgumentException("rungs must be at least 1, got: 0");
    }
  }

  /**
   * Returns the ladder of all values of a knob.
   *
   * @param values ascending
   */
  public static Ladder of(double[] values, DoubleFunction<Setting> setting) {
    List<Setting> rungs = new ArrayList<>();
    for (double value : values) {
      rungs.add(setting.apply(value));
    }
    return new Ladder(rungs);
  }

  /** Returns whole numbers from {@code from} to {@code to}, each about {@code ratio} × the last. */
  public static double[] counts(int from, int to, double ratio) {
    List<Integer> counts = new ArrayList<>();
    for (int count = from; count < to; count = Math.max(count + 1, (int) (count * ratio))) {
      counts.add(count);
    }
    counts.add(to);
    return counts.stream().mapToDouble(Integer::doubleValue).toArray();
  }
}

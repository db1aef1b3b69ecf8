// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.soak;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * How a figure of {@link Vitals} goes over time, the first third of which is warm-up.
 *
 * @param name of the figure
 * @param early its median in the second third
 * @param late its median in the last third
 * @param perHour slope of both thirds by least squares
 */
record Trend(String name, double early, double late, double perHour) {

  private static final double SECONDS_PER_HOUR = 3600;

  static Trend of(String name, List<Vitals> vitals, ToDoubleFunction<Vitals> figure) {
    int third = vitals.size() / 3;
    List<Vitals> warm = vitals.subList(third, vitals.size());
    int half = warm.size() / 2;
    return new Trend(
        name,
        median(warm.subList(0, half), figure),
        median(warm.subList(half, warm.size()), figure),
        slope(warm, figure) * SECONDS_PER_HOUR);
  }

  private static double median(List<Vitals> vitals, ToDoubleFunction<Vitals> figure) {
    double[] values = vitals.stream().mapToDouble(figure).sorted().toArray();
    return values.length == 0 ? 0 : values[values.length / 2];
  }

  private static double slope(List<Vitals> vitals, ToDoubleFunction<Vitals> figure) {
    double[] x = vitals.stream().mapToDouble(Vitals::seconds).toArray();
    double[] y = vitals.stream().mapToDouble(figure).toArray();
    double meanX = Arrays.stream(x).average().orElse(0);
    double meanY = Arrays.stream(y).average().orElse(0);
    double xy = 0;
    double xx = 0;
    for (int i = 0; i < x.length; i++) {
      xy += (x[i] - meanX) * (y[i] - meanY);
      xx += (x[i] - meanX) * (x[i] - meanX);
    }
    return xx == 0 ? 0 : xy / xx;
  }

  /**
   * Returns what is wrong if the figure has grown.
   *
   * @param allowed growth that is none, in the unit of the figure; beside it a tenth is allowed
   */
  Optional<String> growth(double allowed) {
    return late > early * 1.1 + allowed ? Optional.of("it grows: " + this) : Optional.empty();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%s %.1f, later %.1f, slope %+.2f an hour", name, early, late, perHour);
  }
}

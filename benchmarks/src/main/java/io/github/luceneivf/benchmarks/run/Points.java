// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.report.Point;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Turns what was measured in several repetitions into points of a report. */
final class Points {

  private static final double MICROS_PER_SECOND = 1e6;

  private Points() {}

  /**
   * Returns the point of a setting.
   *
   * @param trial the setting, as it was tried
   * @param recall on the half that is reported
   * @param samples one per repetition
   */
  static Point of(Trial trial, double recall, List<Measured> samples, boolean isDefault) {
    double[] micros = sorted(samples, sample -> sample.times().cpu());
    return new Point(
        trial.setting().label(),
        trial.recall(),
        recall,
        MICROS_PER_SECOND / median(micros),
        MICROS_PER_SECOND / micros[micros.length - 1],
        MICROS_PER_SECOND / micros[0],
        MICROS_PER_SECOND / median(samples, sample -> sample.times().wall()),
        median(samples, sample -> sample.times().p50()),
        median(samples, sample -> sample.times().p99()),
        median(samples, Measured::allocated),
        median(samples, Measured::visited),
        median(samples, Measured::readBytes),
        isDefault);
  }

  private static <T> double[] sorted(List<T> samples, ToDoubleFunction<T> figure) {
    return samples.stream().mapToDouble(figure).sorted().toArray();
  }

  /** Returns the median of a figure, see {@link #median(double[])}. */
  static <T> double median(List<T> samples, ToDoubleFunction<T> figure) {
    return median(sorted(samples, figure));
  }

  /** Returns the middle one, or the mean of the middle two. */
  static double median(double[] ascending) {
    int n = ascending.length;
    return (ascending[(n - 1) / 2] + ascending[n / 2]) / 2;
  }
}

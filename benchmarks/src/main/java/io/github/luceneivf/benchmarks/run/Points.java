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
        MICROS_PER_SECOND / median(sorted(samples, sample -> sample.times().wall())),
        median(sorted(samples, sample -> sample.times().p50())),
        median(sorted(samples, sample -> sample.times().p99())),
        median(sorted(samples, Measured::allocated)),
        median(sorted(samples, Measured::visited)),
        median(sorted(samples, Measured::readBytes)),
        isDefault);
  }

  private static double[] sorted(List<Measured> samples, ToDoubleFunction<Measured> figure) {
    return samples.stream().mapToDouble(figure).sorted().toArray();
  }

  /** Returns the middle one, or the mean of the middle two. */
  static double median(double[] ascending) {
    int n = ascending.length;
    return (ascending[(n - 1) / 2] + ascending[n / 2]) / 2;
  }
}

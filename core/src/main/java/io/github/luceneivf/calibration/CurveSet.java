// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.calibration;

import io.github.luceneivf.calibration.Calibration.Curve;
import io.github.luceneivf.calibration.Calibration.Point;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Settings and recall of the curves of one band, ascending by k. Stateless.
 *
 * <p>Between the points of a curve settings are interpolated linearly; between two curves linearly
 * over the logarithm of k, which is above what the powers that settings grow by would give. Below
 * all curves the first one holds. Above all, the depth grows like k, and nprobe from the last curve
 * by the power of k that it grew by between the last two, at most linearly.
 */
final class CurveSet {

  private CurveSet() {}

  /** Returns the lists of the codebook that was judged. */
  static int nlist(List<Curve> curves) {
    return curves.getFirst().byProbe().getLast().setting();
  }

  static double nprobe(List<Curve> curves, double k, double target) {
    requireK(k);
    Curve last = curves.getLast();
    if (k > last.k()) {
      double lists = setting(last.byProbe(), target);
      return lists * Math.pow(k / last.k(), growth(curves, target));
    }
    return between(curves, k, curve -> setting(curve.byProbe(), target));
  }

  static double depth(List<Curve> curves, double k, double target) {
    requireK(k);
    Curve last = curves.getLast();
    if (k > last.k()) {
      return depth(last, target) * (k / last.k());
    }
    return between(curves, k, curve -> depth(curve, target));
  }

  static double recall(List<Curve> curves, double k, double nprobe) {
    requireK(k);
    double within = Math.min(k, curves.getLast().k());
    return between(curves, within, curve -> recall(curve.byProbe(), nprobe));
  }

  private static void requireK(double k) {
    if (!(k > 0)) {
      throw new IllegalArgumentException("k must be greater than 0, got: " + k);
    }
  }

  private static double between(List<Curve> curves, double k, ToDoubleFunction<Curve> value) {
    int above = 0;
    while (curves.get(above).k() < k) {
      above++;
    }
    double upper = value.applyAsDouble(curves.get(above));
    if (above == 0) {
      return upper;
    }
    Curve below = curves.get(above - 1);
    double lower = value.applyAsDouble(below);
    double share = Math.log(k / below.k()) / Math.log((double) curves.get(above).k() / below.k());
    return lower + share * (upper - lower);
  }

  private static double depth(Curve curve, double target) {
    return curve.byDepth().isEmpty() ? curve.k() : setting(curve.byDepth(), target);
  }

  /** The power of k by which nprobe grew between the last two curves, in [0, 1]. */
  private static double growth(List<Curve> curves, double target) {
    if (curves.size() < 2) {
      return 1;
    }
    Curve upper = curves.getLast();
    Curve lower = curves.get(curves.size() - 2);
    double ratio = setting(upper.byProbe(), target) / setting(lower.byProbe(), target);
    return Math.clamp(Math.log(ratio) / Math.log((double) upper.k() / lower.k()), 0, 1);
  }

  private static double setting(List<Point> points, double target) {
    Point below = points.getFirst();
    for (Point point : points) {
      if (point.recall() >= target) {
        double rise = (double) point.recall() - below.recall();
        double part = rise > 0 ? (target - below.recall()) / rise : 1;
        return below.setting() + part * (point.setting() - below.setting());
      }
      below = point;
    }
    return below.setting();
  }

  /** Recall at a setting: between points along a line, which begins at nothing. */
  static double recall(List<Point> points, double setting) {
    Point below = new Point(0, 0);
    for (Point point : points) {
      if (setting < point.setting()) {
        double part = (setting - below.setting()) / (point.setting() - below.setting());
        return below.recall() + Math.max(part, 0) * (point.recall() - below.recall());
      }
      below = point;
    }
    return below.recall();
  }
}

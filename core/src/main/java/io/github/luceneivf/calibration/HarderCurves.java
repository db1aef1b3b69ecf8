// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.calibration;

import io.github.luceneivf.calibration.Calibration.Curve;
import io.github.luceneivf.calibration.Calibration.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The pointwise harder of curves of two kinds of queries. Where two curves cross between settings
 * that are known, the line below the crossing is taken, which is the safe side. Stateless.
 */
public final class HarderCurves {

  private HarderCurves() {}

  /**
   * Returns curves that need the larger setting of two kinds for each recall.
   *
   * @throws IllegalArgumentException if they are measured for other k
   */
  public static List<Curve> of(List<Curve> one, List<Curve> other) {
    if (!ks(one).equals(ks(other))) {
      throw new IllegalArgumentException(
          "curves must be measured for the same k, got: " + ks(one) + " and " + ks(other));
    }
    List<Curve> curves = new ArrayList<>();
    for (int i = 0; i < one.size(); i++) {
      Curve a = one.get(i);
      Curve b = other.get(i);
      curves.add(
          new Curve(a.k(), points(a.byProbe(), b.byProbe()), points(a.byDepth(), b.byDepth())));
    }
    return curves;
  }

  private static List<Integer> ks(List<Curve> curves) {
    return curves.stream().map(Curve::k).toList();
  }

  private static List<Point> points(List<Point> a, List<Point> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.isEmpty() ? b : a;
    }
    TreeSet<Integer> settings = new TreeSet<>();
    a.forEach(point -> settings.add(point.setting()));
    b.forEach(point -> settings.add(point.setting()));
    List<Point> points = new ArrayList<>();
    for (int setting : settings) {
      points.add(new Point(setting, Math.min(recall(a, setting), recall(b, setting))));
    }
    return points;
  }

  /** Recall at a setting: between points along a line, nothing before the first of them. */
  private static float recall(List<Point> points, int setting) {
    Point below = points.getFirst();
    if (setting < below.setting()) {
      return 0;
    }
    for (Point point : points) {
      if (setting <= point.setting()) {
        double width = point.setting() - below.setting();
        double part = width > 0 ? (setting - below.setting()) / width : 1;
        return (float) (below.recall() + part * (point.recall() - below.recall()));
      }
      below = point;
    }
    return below.recall();
  }
}

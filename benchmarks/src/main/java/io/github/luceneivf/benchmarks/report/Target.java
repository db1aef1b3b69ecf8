// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The fastest way to a recall. A setting is chosen where it reached the recall on the tuning half
 * of the queries; what it did on the other half is what is reported, so the recall reported may lie
 * a little below the target.
 *
 * @param recall the recall asked for
 * @param contender name of the curve
 * @param family whose it is
 * @param point the setting chosen
 * @param ratioToBestPeer its speed over that of the fastest peer at the same target; {@link
 *     Double#NaN} if no peer reached it
 */
public record Target(
    double recall, String contender, Family family, Point point, double ratioToBestPeer) {

  /** The recalls that the tables show. */
  public static final List<Double> RECALLS = List.of(0.90, 0.95, 0.99);

  /** Returns the fastest point of a curve that reached a recall on the tuning half, if any did. */
  public static Optional<Point> best(Curve curve, double recall) {
    return curve.points().stream()
        .filter(point -> point.recallTuning() >= recall)
        .max(Comparator.comparingDouble(Point::qpsMedian));
  }

  /** Returns every curve that reached a recall, the fastest first. */
  public static List<Target> all(ScenarioResult scenario, double recall) {
    double peer =
        scenario.curves().stream()
            .filter(curve -> curve.family().isPeer())
            .flatMap(curve -> best(curve, recall).stream())
            .mapToDouble(Point::qpsMedian)
            .max()
            .orElse(Double.NaN);
    return scenario.curves().stream()
        .flatMap(curve -> best(curve, recall).map(point -> of(recall, curve, point, peer)).stream())
        .sorted(Comparator.comparingDouble((Target t) -> t.point().qpsMedian()).reversed())
        .toList();
  }

  private static Target of(double recall, Curve curve, Point point, double peerQps) {
    return new Target(
        recall, curve.contender(), curve.family(), point, point.qpsMedian() / peerQps);
  }
}

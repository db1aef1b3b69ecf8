// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.calibration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.calibration.Calibration.Curve;
import io.github.luceneivf.calibration.Calibration.Point;
import java.util.List;
import org.junit.jupiter.api.Test;

class CurveSetTest {

  private static Curve curve(int k, int lists, List<Point> byDepth) {
    return new Curve(k, List.of(new Point(lists, 0.9f), new Point(400, 1)), byDepth);
  }

  private static final List<Curve> CURVES =
      List.of(curve(1, 2, List.of()), curve(10, 8, List.of()), curve(100, 8, List.of()));

  @Test
  void listsAreThoseOfTheLastPoint() {
    assertEquals(400, CurveSet.nlist(CURVES));
  }

  @Test
  void oneCurveGrowsInProportion() {
    List<Curve> one = List.of(curve(10, 8, List.of()));
    assertEquals(8, CurveSet.nprobe(one, 1, 0.9f));
    assertEquals(8, CurveSet.nprobe(one, 10, 0.9f));
    assertEquals(16, CurveSet.nprobe(one, 20, 0.9f), 1e-9);
  }

  /** Between the last two curves nothing was needed more: nor is it above them. */
  @Test
  void curvesThatDoNotGrowDoNotGrowBeyond() {
    assertEquals(8, CurveSet.nprobe(CURVES, 100_000, 0.9f), 1e-9);
    List<Curve> falls = List.of(curve(1, 9, List.of()), curve(10, 3, List.of()));
    assertEquals(3, CurveSet.nprobe(falls, 1000, 0.9f), 1e-9);
  }

  @Test
  void exactDistancesNeedNoMoreThanKCandidates() {
    for (double k : new double[] {1, 10, 100, 5000}) {
      assertEquals(k, CurveSet.depth(CURVES, k, 0.99), 1e-9, "k " + k);
    }
    double between = CurveSet.depth(CURVES, 55, 0.99);
    assertTrue(between >= 55 && between <= 100, "depth: " + between);
  }

  @Test
  void depthBetweenTwoCurvesIsBetweenTheirs() {
    List<Curve> curves =
        List.of(curve(1, 2, List.of(new Point(5, 1))), curve(100, 8, List.of(new Point(205, 1))));
    assertEquals(105, CurveSet.depth(curves, 10, 0.99), 1e-9);
    assertEquals(410, CurveSet.depth(curves, 200, 0.99), 1e-9);
  }

  @Test
  void recallOfMoreNeighboursThanMeasuredIsThatOfTheLastCurve() {
    assertEquals(0.9f, CurveSet.recall(CURVES, 1e6, 8), 1e-7);
    assertEquals(0.45f, CurveSet.recall(CURVES, 1, 1), 1e-7);
    assertEquals(0, CurveSet.recall(CURVES, 1, 0));
    assertEquals(1, CurveSet.recall(CURVES, 1, 1e9));
  }

  @Test
  void kIsMoreThanNothing() {
    for (double k : new double[] {0, -1, Double.NaN}) {
      String text = "k must be greater than 0, got: " + k;
      assertEquals(
          text,
          assertThrows(IllegalArgumentException.class, () -> CurveSet.nprobe(CURVES, k, 0.9))
              .getMessage());
      assertThrows(IllegalArgumentException.class, () -> CurveSet.depth(CURVES, k, 0.9));
      assertThrows(IllegalArgumentException.class, () -> CurveSet.recall(CURVES, k, 3));
    }
  }
}

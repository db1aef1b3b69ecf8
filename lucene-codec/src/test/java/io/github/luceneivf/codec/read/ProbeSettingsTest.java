// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.calibration.Calibration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProbeSettingsTest {

  private static final double TARGET = 0.97;

  /** Two lists hold the nearest, 8 the ten nearest, 30 the hundred nearest. */
  private static final Calibration CALIBRATION =
      new Calibration(500, List.of(curve(1, 2), curve(10, 8), curve(100, 30)));

  private static Calibration.Curve curve(int k, int lists) {
    return new Calibration.Curve(
        k,
        List.of(new Calibration.Point(lists, (float) TARGET), new Calibration.Point(400, 1)),
        List.of());
  }

  @Test
  void listsFollowTheCurves() {
    assertEquals(2, ProbeSettings.lists(CALIBRATION, TARGET - 1e-6, 1));
    assertEquals(8, ProbeSettings.lists(CALIBRATION, TARGET - 1e-6, 10));
    assertEquals(30, ProbeSettings.lists(CALIBRATION, TARGET - 1e-6, 100));
    double last = 0;
    for (double k = 1; k < 1e6; k *= 1.3) {
      double lists = ProbeSettings.lists(CALIBRATION, TARGET - 1e-6, k);
      assertTrue(lists >= last && lists <= 400, "k " + k + ": " + lists + " after " + last);
      last = lists;
    }
  }

  /** A segment with more than ten times the vectors of the training asks for less than one. */
  @Test
  void fewerThanOneNeighbourIsOne() {
    for (double k : new double[] {0.99, 0.5, 1e-3, 0}) {
      assertEquals(2, ProbeSettings.lists(CALIBRATION, TARGET - 1e-6, k), "k " + k);
    }
  }
}

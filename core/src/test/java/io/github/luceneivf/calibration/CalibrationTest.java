// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.calibration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.calibration.Calibration.Band;
import io.github.luceneivf.calibration.Calibration.Curve;
import io.github.luceneivf.calibration.Calibration.Point;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CalibrationTest {

  private static Calibration calibration() {
    return new Calibration(500, 1.5f, List.of(new Band(1, near()), new Band(2, far())));
  }

  private static List<Curve> near() {
    return List.of(
        curve(1, 0.75f, 1, 0.5f, 0.875f),
        curve(10, 0.5f, 0.75f, 0.25f, 0.5f),
        curve(100, 0.25f, 0.5f, 0.125f, 0.25f));
  }

  private static List<Curve> far() {
    return List.of(
        curve(1, 0.5f, 0.75f, 0.75f, 1),
        curve(10, 0.25f, 0.875f, 0.125f, 0.25f),
        curve(100, 0.125f, 0.25f, 0.125f, 0.5f));
  }

  private static Calibration of(List<Curve> curves) {
    return new Calibration(1, 0, List.of(new Band(0, curves)));
  }

  private static Curve curve(int k, float one, float four, float atK, float atTwoK) {
    return new Curve(
        k,
        List.of(new Point(1, one), new Point(4, four), new Point(64, 1)),
        List.of(new Point(k, atK), new Point(2 * k, atTwoK), new Point(20 * k, 1)));
  }

  @Test
  void settingsAreInterpolated() {
    Calibration calibration = of(near());
    assertEquals(1, calibration.nprobe(10, 0.1));
    assertEquals(1, calibration.nprobe(10, 0.5));
    assertEquals(1.12, calibration.nprobe(10, 0.51), 1e-6);
    assertEquals(4, calibration.nprobe(10, 0.75));
    assertEquals(34, calibration.nprobe(10, 0.875));
    assertEquals(64, calibration.nprobe(10, 1));
    assertEquals(20, calibration.depth(10, 0.5));
    assertEquals(110, calibration.depth(10, 0.75));
    assertEquals(200, calibration.depth(10, 1));
  }

  @Test
  void betweenBandsSettingsAreInterpolatedAlongTheirLogarithms() {
    Calibration calibration = calibration();
    Calibration near = of(near());
    Calibration far = of(far());
    for (double target : new double[] {0.3, 0.6, 0.9}) {
      for (double k : new double[] {1, 3, 10, 50, 100}) {
        double n = near.nprobe(k, target);
        double f = far.nprobe(k, target);
        assertEquals(n, calibration.nprobe(k, target, 0.1f), 1e-9);
        assertEquals(n, calibration.nprobe(k, target, 1), 1e-9);
        assertEquals(Math.sqrt(n * f), calibration.nprobe(k, target, 1.5f), 1e-9);
        assertEquals(Math.sqrt(n * f), calibration.nprobe(k, target), 1e-9);
        assertEquals(f, calibration.nprobe(k, target, 2), 1e-9);
        double d = near.depth(k, target);
        double e = far.depth(k, target);
        assertEquals(Math.max(k, Math.sqrt(d * e)), calibration.depth(k, target, 1.5f), 1e-9);
      }
    }
  }

  @Test
  void beyondTheLastBandSettingsGoOnForOneMoreWidthAtMost() {
    Calibration calibration = calibration();
    double n = of(near()).nprobe(10, 0.5);
    double f = of(far()).nprobe(10, 0.5);
    assertEquals(f * Math.sqrt(f / n), calibration.nprobe(10, 0.5, 2.5f), 1e-9);
    assertEquals(f * f / n, calibration.nprobe(10, 0.5, 3), 1e-9);
    assertEquals(f * f / n, calibration.nprobe(10, 0.5, 300), 1e-9);
    assertEquals(64, calibration.nprobe(1, 0.8, 300), "never more than all lists");
    double falls = of(far()).nprobe(10, 0.8);
    assertTrue(falls < of(near()).nprobe(10, 0.8));
    assertEquals(falls, calibration.nprobe(10, 0.8, 300), 1e-9, "never fewer");
  }

  @Test
  void theHarderOfTwoNeedsTheLargerSettingForEachRecall() {
    Calibration easy = of(near());
    Calibration hard = of(far());
    for (Calibration harder :
        List.of(of(HarderCurves.of(near(), far())), of(HarderCurves.of(far(), near())))) {
      for (int k : new int[] {1, 10, 100}) {
        for (double target = 0.05; target <= 1; target += 0.05) {
          double nprobe = Math.max(easy.nprobe(k, target), hard.nprobe(k, target));
          assertTrue(harder.nprobe(k, target) >= nprobe - 1e-4, k + " " + target);
          double depth = Math.max(easy.depth(k, target), hard.depth(k, target));
          assertTrue(harder.depth(k, target) >= depth - 1e-3, k + " " + target);
        }
      }
      assertEquals(hard.nprobe(10, 0.4), harder.nprobe(10, 0.4), 0.5);
      assertEquals(easy.nprobe(10, 0.9), harder.nprobe(10, 0.9), 0.5);
    }
    assertEquals(near(), HarderCurves.of(near(), near()));
  }

  @Test
  void curvesOfOtherKAreNotCompared() {
    List<Curve> one = List.of(curve(1, 0.5f, 0.75f, 0.5f, 0.75f));
    assertEquals(
        "curves must be measured for the same k, got: [1, 10, 100] and [1]",
        assertThrows(IllegalArgumentException.class, () -> HarderCurves.of(near(), one))
            .getMessage());
  }

  @Test
  void settingsTooLargeForAnIntAreOnePoint() {
    RankHistogram ranks = new RankHistogram(100);
    for (int rank = 1; rank <= 100; rank++) {
      ranks.add(rank);
    }
    List<Point> points = ranks.points(true, 1e9);
    assertEquals(
        List.of(
            new Point(1_000_000_000, 0.01f),
            new Point(2_000_000_000, 0.02f),
            new Point(Integer.MAX_VALUE, 1)),
        points);
    Curve curve = new Curve(10, points, points); // ascends
    assertEquals(3, curve.byDepth().size());
  }

  @Test
  void betweenCurvesSettingsAreInterpolatedOverTheLogarithmOfK() {
    Calibration calibration = of(near());
    double ten = calibration.nprobe(10, 0.8);
    double hundred = calibration.nprobe(100, 0.8);
    assertEquals((ten + hundred) / 2, calibration.nprobe(Math.sqrt(1000), 0.8), 1e-9);
    assertEquals(calibration.nprobe(1, 0.8), calibration.nprobe(0.01, 0.8));
    double last = 0;
    for (double k = 0.1; k < 1e6; k *= 1.3) {
      double lists = calibration.nprobe(k, 0.8);
      assertTrue(lists >= last && lists <= 64, "k " + k + ": " + lists + " after " + last);
      last = lists;
    }
  }

  @Test
  void depthIsNeverBelowKAndGrowsInProportionAboveTheCurves() {
    Calibration calibration = of(near());
    assertEquals(100, calibration.depth(100, 0));
    assertEquals(10 * calibration.depth(100, 0.8), calibration.depth(1000, 0.8), 10);
    assertTrue(calibration.depth(Integer.MAX_VALUE, 1) >= Integer.MAX_VALUE);
  }

  @Test
  void nprobeGrowsAboveTheCurvesAsItDidBetweenThemButNotBeyondAll() {
    Calibration calibration = of(near());
    double ten = 1 + 3 * 0.5;
    double hundred = 4 + 60 * 0.25;
    assertEquals(hundred, calibration.nprobe(100, 0.625), 1e-9);
    assertEquals(ten, calibration.nprobe(10, 0.625), 1e-9);
    assertEquals(Math.min(64, hundred * hundred / ten), calibration.nprobe(1000, 0.625), 1e-9);
    assertEquals(64, calibration.nprobe(1_000_000, 0.625));
  }

  @Test
  void aTargetNeverReachedTakesTheLastSetting() {
    List<Point> low = List.of(new Point(1, 0.1f), new Point(9, 0.5f));
    Calibration calibration = of(List.of(new Curve(10, low, low)));
    assertEquals(9, calibration.nprobe(10, 0.9));
    assertEquals(10, calibration.depth(10, 0.9));
  }

  @Test
  void recallIsTheInverseOfNprobe() {
    Calibration calibration = of(near());
    assertEquals(0.5, calibration.recall(10, 1, 0), 1e-6);
    assertEquals(0.75, calibration.recall(10, 4, 0), 1e-6);
    assertEquals(0.875, calibration.recall(10, 34, 0), 1e-6);
    assertEquals(1, calibration.recall(10, 100, 0), 1e-6);
    assertEquals(0, calibration.recall(10, 0, 0), 1e-6);
    assertEquals(0.25, calibration.recall(10, 0.5, 0), 1e-6);
    assertEquals(calibration.recall(100, 7, 0), calibration.recall(5000, 7, 0));
    assertEquals(0.5, calibration().recall(10, 1, 0.3f), 1e-6);
    assertEquals(0.375, calibration().recall(10, 1, 1.5f), 1e-6);
    assertEquals(0.25, calibration().recall(10, 1, 30), 1e-6);
  }

  @Test
  void unknownCodebooksAreProbedWholeAndRerankedDeeply() {
    Calibration unknown = Calibration.uncalibrated(64);
    assertEquals(0, unknown.queries());
    assertEquals(64, unknown.nprobe(10, 0.5));
    assertEquals(1, Calibration.uncalibrated().nprobe(10, 0.95));
    assertEquals(100, unknown.depth(1, 0.95));
    assertEquals(500, unknown.depth(50, 0.95));
    assertEquals(0.5, unknown.recall(10, 32, 3), 1e-6);
  }

  @Test
  void theBinaryFormSurvives() throws IOException {
    for (Calibration written : List.of(calibration(), of(near()), Calibration.uncalibrated(7))) {
      assertEquals(written, Calibration.fromBytes(written.toBytes()));
    }
  }

  @Test
  void otherLengthsAreRefused() {
    byte[] bytes = calibration().toBytes();
    for (int length = 0; length < bytes.length + 5; length++) {
      if (length != bytes.length) {
        byte[] damaged = Arrays.copyOf(bytes, length);
        assertThrows(IOException.class, () -> Calibration.fromBytes(damaged), "length " + length);
      }
    }
  }

  @Test
  void garbageIsRefusedOrValid() {
    Random random = new Random(1);
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] damaged = calibration().toBytes();
      int at = random.nextInt(damaged.length - 3);
      for (int i = 0; i < 4; i++) {
        damaged[at + i] = (byte) random.nextInt();
      }
      try {
        Calibration read = Calibration.fromBytes(damaged);
        assertTrue(read.nprobe(10, 0.95) >= 1);
        assertTrue(read.depth(10, 0.95) >= 10);
      } catch (IOException e) {
        assertTrue(String.valueOf(e.getMessage()).startsWith("calibration: "), e.toString());
        refused++;
      }
    }
    assertTrue(refused > 10_000, "refused: " + refused);
  }

  @Test
  void histogramsGiveRecallBySetting() {
    RankHistogram histogram = new RankHistogram(40);
    for (int rank : new int[] {1, 1, 2, 30}) {
      histogram.add(rank);
    }
    List<Point> all = histogram.points(false, 1);
    assertEquals(new Point(1, 0.5f), all.getFirst());
    assertEquals(new Point(2, 0.75f), all.get(1));
    assertEquals(new Point(40, 1), all.getLast());
    assertEquals(new Point(30, 1), histogram.points(true, 1).getLast());
    assertEquals(new Point(45, 1), histogram.points(true, 1.5).getLast());
    new Curve(1, all, histogram.points(true, 1.01));
    assertEquals(List.of(new Point(1, 1)), new RankHistogram(1).points(true, 1));
    assertTrue(new RankHistogram(1).isEmpty());
    assertEquals(5, all.size(), "points between two of the same recall say nothing: " + all);
  }

  @Test
  void messagesNameTheField() {
    assertEquals(
        "recall must be in [0, 1], got: NaN",
        assertThrows(IllegalArgumentException.class, () -> new Point(1, Float.NaN)).getMessage());
    assertEquals(
        "k must be greater than 0, got: 0.0",
        assertThrows(IllegalArgumentException.class, () -> calibration().nprobe(0, 0.9))
            .getMessage());
    assertEquals(
        "usual must be finite, got: NaN",
        assertThrows(
                IllegalArgumentException.class,
                () -> new Calibration(1, Float.NaN, List.of(new Band(0, near()))))
            .getMessage());
    assertEquals(
        "bands must be at least 1, got: 0",
        assertThrows(IllegalArgumentException.class, () -> new Calibration(1, 0, List.of()))
            .getMessage());
    assertEquals(
        "bands must ascend by remoteness, got: 1.0 after 1.0",
        assertThrows(
                IllegalArgumentException.class,
                () -> new Calibration(1, 0, List.of(new Band(1, near()), new Band(1, far()))))
            .getMessage());
    assertEquals(
        "remoteness must be finite, got: Infinity",
        assertThrows(
                IllegalArgumentException.class, () -> new Band(Float.POSITIVE_INFINITY, near()))
            .getMessage());
    assertEquals(
        "curves must ascend by k, got: 1",
        assertThrows(
                IllegalArgumentException.class,
                () -> new Band(0, List.of(near().getFirst(), near().getFirst())))
            .getMessage());
    List<Point> falling = List.of(new Point(2, 0), new Point(2, 1));
    assertEquals(
        "byProbe must ascend by setting, got: 2 after 2",
        assertThrows(IllegalArgumentException.class, () -> new Curve(1, falling, List.of()))
            .getMessage());
  }
}

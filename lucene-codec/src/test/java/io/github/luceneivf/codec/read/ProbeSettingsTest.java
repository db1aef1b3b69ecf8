// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.calibration.Calibration.Band;
import io.github.luceneivf.calibration.Calibration.Curve;
import io.github.luceneivf.calibration.Calibration.Point;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codec.file.Extent;
import io.github.luceneivf.codec.file.FieldMeta;
import io.github.luceneivf.codec.file.ListsMeta;
import io.github.luceneivf.codec.read.ProbeSettings.Change;
import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.quantization.Encoding;
import java.util.List;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.junit.jupiter.api.Test;

class ProbeSettingsTest {

  private static final int NLIST = 400;
  private static final float USUAL = 1;
  private static final float FAR = 2;

  /** At recall 0.85 and more, until all lists are probed. */
  private static final Calibration CALIBRATION =
      new Calibration(
          500,
          USUAL,
          List.of(
              new Band(USUAL, List.of(curve(1, 2), curve(10, 8), curve(100, 30))),
              new Band(FAR, List.of(curve(1, 20), curve(10, 80), curve(100, 300)))));

  private static final double VECTORS = 100_000;
  private static final Change SAME = new Change(VECTORS, 1, 1);

  private static Curve curve(int k, int lists) {
    return new Curve(
        k,
        List.of(new Point(lists, 0.85f), new Point(NLIST, 1)),
        List.of(new Point(2 * k, 0.99f), new Point(20 * k, 1)));
  }

  private static ProbeSettings settings(
      IvfSearchStrategy strategy, Change change, int k, float remoteness) {
    return settings(strategy, change, k, remoteness, NLIST);
  }

  private static ProbeSettings settings(
      IvfSearchStrategy strategy, Change change, int k, float remoteness, int nlist) {
    return new ProbeSettings(meta(CALIBRATION, nlist), strategy, change, k, remoteness);
  }

  private static ProbeSettings settings(Calibration calibration, Change change) {
    ListsMeta meta = meta(calibration, NLIST);
    return new ProbeSettings(meta, IvfSearchStrategy.CALIBRATED, change, 10, calibration.usual());
  }

  private static ListsMeta meta(Calibration calibration, int nlist) {
    Extent none = new Extent(0, 0);
    return new ListsMeta(
        Encoding.BIT1,
        CodebookId.hashOf(new byte[1]),
        calibration,
        0.8f,
        new FieldMeta.Places(none, none, none, none),
        new int[nlist]);
  }

  private static ProbeSettings settings(int k, float remoteness) {
    return settings(IvfSearchStrategy.CALIBRATED, SAME, k, remoteness);
  }

  @Test
  void listsFollowTheCurvesOfTheRemoteness() {
    assertEquals(2, settings(1, USUAL).lists(1));
    assertEquals(8, settings(10, USUAL).lists(10));
    assertEquals(30, settings(10, USUAL).lists(100));
    assertEquals(80, settings(10, FAR).lists(10), 1e-9);
    assertEquals(80, settings(10, USUAL).at(FAR).lists(10), 1e-9);
    double last = 0;
    for (double nearest = 1; nearest < 1e6; nearest *= 1.3) {
      double lists = settings(1, USUAL).lists(nearest);
      assertTrue(lists >= last && lists <= NLIST, nearest + ": " + lists + " after " + last);
      last = lists;
    }
  }

  /** Wherever hits lie: where all vectors are as near as they, all lists are probed. */
  @Test
  void toFindAllVectorsAllListsAreProbed() {
    Curve flat = curve(1_000, 31);
    Calibration images =
        new Calibration(500, 0, List.of(new Band(0, List.of(curve(100, 30), flat))));
    for (Calibration calibration : List.of(CALIBRATION, images)) {
      ProbeSettings settings = settings(calibration, SAME);
      assertEquals(NLIST, settings.lists(VECTORS), 1e-6);
      double judged = settings.lists(calibration.mostJudged());
      assertEquals(judged, settings.lists(calibration.mostJudged() + 1), judged / 100);
    }
    double most = settings(images, SAME).lists(VECTORS / 10);
    assertTrue(most > 50 && most < NLIST, "lists: " + most);
  }

  @Test
  void theSearchMayAskForAnotherRecall() {
    double last = 0;
    for (double recall : new double[] {0.5, 0.8, 0.9, 0.95, 0.99, 0.999}) {
      double lists = settings(IvfSearchStrategy.recall(recall), SAME, 10, USUAL).lists(10);
      assertTrue(recall < 0.85 ? lists >= last : lists > last, recall + ": " + lists);
      last = lists;
    }
    int most = settings(IvfSearchStrategy.recall(0.999), SAME, 10, USUAL).depth(10);
    assertTrue(most > settings(10, USUAL).depth(10), "depth: " + most);
  }

  /** Two lists more where recall is to be 0.95 or more, none up to 0.9. */
  @Test
  void highRecallTakesSpareLists() {
    for (double recall : new double[] {0.9, 0.925, 0.95, 0.99}) {
      ProbeSettings settings = settings(IvfSearchStrategy.recall(recall), SAME, 10, USUAL);
      double calibrated = CALIBRATION.nprobe(10, ProbeSettings.probeTarget(recall), USUAL);
      double spare = Math.clamp((recall - 0.9) / 0.05, 0, 1) * 2;
      assertEquals(calibrated + spare, settings.lists(10), 1e-9, "recall " + recall);
    }
  }

  @Test
  void probingAimsAboveTheTarget() {
    assertEquals(0.82, ProbeSettings.probeTarget(0.8), 1e-9);
    assertEquals(0.994, ProbeSettings.probeTarget(0.99), 1e-9);
    for (double target = 0.01; target < 1; target += 0.01) {
      double aimed = ProbeSettings.probeTarget(target);
      assertTrue(aimed > target && aimed < 1, target + ": " + aimed);
    }
  }

  @Test
  void aFixedNumberOfListsIsKeptAndGrowsWithWhatIsToBeFound() {
    ProbeSettings settings = settings(IvfSearchStrategy.nprobe(5), SAME, 10, FAR);
    assertEquals(5, settings.lists(10), 1e-9);
    assertEquals(5 * 300 / 80.0, settings.lists(100), 1e-9);
    assertEquals(NLIST, settings(IvfSearchStrategy.nprobe(9999), SAME, 10, USUAL).lists(10), 1e-9);
  }

  /** A hundred times the vectors: the hundred nearest lie as near as one did. */
  @Test
  void ofGrownSegmentsFewerListsHoldTheNearestAndMoreIsReranked() {
    Change grown = new Change(VECTORS, 100, 1);
    ProbeSettings settings = settings(IvfSearchStrategy.CALIBRATED, grown, 100, USUAL);
    assertEquals(2, settings.lists(100), 1e-9);
    assertEquals(10 * settings(100, USUAL).depth(100), settings.depth(100), 10);
    ProbeSettings most =
        settings(IvfSearchStrategy.CALIBRATED, new Change(VECTORS, 1e9, 1), 10, USUAL);
    assertEquals(2, most.lists(10), 1e-9, "fewer than one neighbour is one");
  }

  @Test
  void vectorsThatDoNotFitLieInMoreLists() {
    ProbeSettings misfit =
        settings(IvfSearchStrategy.CALIBRATED, new Change(VECTORS, 1, 3), 10, USUAL);
    assertEquals(24, misfit.lists(10), 1e-9);
    assertEquals(settings(10, USUAL).recall(10, 8), misfit.recall(10, 24), 1e-9);
    assertEquals(NLIST, misfit.lists(100_000), 1e-9);
  }

  @Test
  void recallIsEstimatedByTheRemoteness() {
    assertEquals(0.85, settings(10, USUAL).recall(10, 8), 1e-6);
    assertEquals(0.425, settings(10, USUAL).recall(10, 4), 1e-6);
    assertEquals(0.085, settings(10, FAR).recall(10, 8), 1e-6);
    assertEquals(1, settings(10, FAR).recall(10, NLIST));
    assertEquals(1, settings(10, FAR).recall(10, Double.MAX_VALUE));
  }

  @Test
  void depthIsThatOfTheStrategyOrCalibratedAndNeverBelowTheHits() {
    IvfSearchStrategy oversampled = IvfSearchStrategy.CALIBRATED.oversample(3.3f);
    assertEquals(33, settings(oversampled, SAME, 10, USUAL).depth(10));
    assertEquals(50, settings(oversampled, SAME, 10, USUAL).depth(50));
    int calibrated = settings(10, USUAL).depth(10);
    assertTrue(calibrated >= 20 && calibrated <= 20 * 10, "depth: " + calibrated);
    assertEquals(200, settings(IvfSearchStrategy.CALIBRATED, SAME, 10, USUAL, 1).depth(10));
  }

  @Test
  void theStrategyIsFoundBehindSeeds() {
    IvfSearchStrategy ours = IvfSearchStrategy.nprobe(3);
    assertSame(ours, ProbeSettings.strategy(ours));
    assertSame(
        ours,
        ProbeSettings.strategy(new KnnSearchStrategy.Seeded(DocIdSetIterator.empty(), 0, ours)));
    assertSame(IvfSearchStrategy.CALIBRATED, ProbeSettings.strategy(null));
    assertSame(IvfSearchStrategy.CALIBRATED, ProbeSettings.strategy(new KnnSearchStrategy.Hnsw(5)));
  }
}

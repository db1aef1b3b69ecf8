// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.calibration.Calibration.Band;
import io.github.luceneivf.calibration.Calibration.Point;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JudgedBandsTest {

  private static final int NLIST = 1000;
  private static final int VECTORS = 50_000;

  /** A question whose neighbours all have one rank. */
  private static Judgement judged(float remoteness, int rank, int neighbors, boolean asked) {
    int[] ranks = new int[neighbors];
    Arrays.fill(ranks, rank);
    return new Judgement(remoteness, ranks, ranks, asked);
  }

  /** Questions of remoteness 0, 1, 2, …, in no order; the rank is one more than the remoteness. */
  private static List<Judgement> ascending(int count, int neighbors, boolean asked) {
    List<Judgement> judgements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      judgements.add(judged(i, i + 1, neighbors, asked));
    }
    Collections.shuffle(judgements, new Random(count));
    return judgements;
  }

  private static List<Band> bands(List<Judgement> judgements) {
    return new JudgedBands(judgements, NLIST, VECTORS, 1).bands();
  }

  private static Calibration calibration(List<Judgement> judgements) {
    return new Calibration(judgements.size(), 0, bands(judgements));
  }

  /** The least setting by which all neighbours are found. */
  private static int all(List<Point> points) {
    return points.stream().filter(point -> point.recall() == 1).findFirst().orElseThrow().setting();
  }

  private static int lists(Band band) {
    return all(band.curves().get(1).byProbe());
  }

  @Test
  void windowsNarrowTowardsTheFarEndAndOverlapButForTheLast() {
    List<Band> bands = bands(ascending(280, 100, false));
    assertEquals(3, bands.size());
    assertEquals(90, bands.getFirst().remoteness(), "the middle of [0, 181)");
    assertEquals(164, bands.get(1).remoteness(), "the middle of [67, 261)");
    assertEquals(253, bands.getLast().remoteness(), "the middle of [226, 280)");
    List<Point> last = bands.getLast().curves().get(1).byProbe();
    assertTrue(last.stream().anyMatch(p -> p.setting() >= 192 && p.recall() == 0), last::toString);
    int before = 0;
    for (Band band : bands) {
      assertEquals(Calibration.MEASURED_K, band.curves().stream().map(c -> c.k()).toList());
      assertTrue(lists(band) >= before, "lists: " + lists(band) + " after " + before);
      before = lists(band);
    }
  }

  @Test
  void fewQuestionsAreOneBand() {
    for (int count : new int[] {1, 2, 39, 113}) {
      List<Band> bands = bands(ascending(count, 100, false));
      assertEquals(1, bands.size(), "questions: " + count);
      assertEquals(count / 2, bands.getFirst().remoteness());
    }
    assertEquals(2, bands(ascending(114, 100, false)).size());
    assertEquals(8, bands(ascending(1000, 10, false)).size());
  }

  @Test
  void windowsOfTheSameRemotenessAreOneBand() {
    List<Judgement> same = new ArrayList<>();
    for (int i = 0; i < 280; i++) {
      same.add(judged(3, 1 + i % 5, 10, false));
    }
    assertEquals(1, bands(same).size());
    for (int i = 0; i < 100; i++) {
      same.add(judged(4, 8, 10, false));
    }
    List<Band> bands = bands(same);
    assertEquals(List.of(3f, 4f), bands.stream().map(Band::remoteness).toList());
    assertEquals(8, lists(bands.getLast()));
  }

  /** Only some questions know a thousand neighbours: for so many all speak that know them. */
  @Test
  void whereTooFewKnowAsManyNeighboursAllWindowsSpeak() {
    List<Judgement> judgements = ascending(280, 100, false);
    for (int i = 0; i < 11; i++) {
      judgements.add(judged(20 + 25 * i, 500, 1000, false));
    }
    for (Band band : bands(judgements)) {
      assertEquals(1000, band.curves().getLast().k());
      assertTrue(all(band.curves().getLast().byProbe()) >= 500);
    }
    assertTrue(lists(bands(judgements).getFirst()) <= 512);
    List<Judgement> few = ascending(100, 7, false);
    for (Band band : bands(few)) {
      assertTrue(all(band.curves().getLast().byProbe()) <= 128, "the seven that are known");
    }
  }

  @Test
  void askedQueriesDecideWhereTheyAreHarder() {
    List<Judgement> made = ascending(1000, 100, false);
    List<Judgement> harder = new ArrayList<>(made);
    List<Judgement> easier = new ArrayList<>(made);
    for (int i = 0; i < 60; i++) {
      harder.add(judged(300 + i / 60f, 900, 100, true));
      easier.add(judged(300 + i / 60f, 1, 100, true));
    }
    Calibration plain = calibration(made);
    Calibration hard = calibration(harder);
    assertTrue(hard.nprobe(10, 0.95, 300) > 1.5 * plain.nprobe(10, 0.95, 300));
    assertEquals(plain.nprobe(10, 0.95, 30), hard.nprobe(10, 0.95, 30), 40);
    Calibration easy = calibration(easier);
    double still = easy.nprobe(10, 0.95, 300);
    assertTrue(still > 0.8 * plain.nprobe(10, 0.95, 300), "lists: " + still);
  }

  @Test
  void aFewAskedQueriesOfAWindowDoNotDecide() {
    List<Judgement> judgements = ascending(280, 100, false);
    for (int i = 0; i < 5; i++) {
      judgements.add(judged(140, 900, 100, true));
    }
    assertEquals(
        calibration(ascending(280, 100, false)).nprobe(10, 0.95, 140),
        calibration(judgements).nprobe(10, 0.95, 140),
        10);
  }

  @Test
  void askedQueriesAloneJudgeToo() {
    List<Band> bands = bands(ascending(280, 100, true));
    assertEquals(3, bands.size());
    assertEquals(lists(bands(ascending(280, 100, false)).getLast()), lists(bands.getLast()));
  }

  @Test
  void depthsAreScaledAndMissingWhereNoneWasJudged() {
    List<Judgement> judgements = List.of(judged(1, 7, 10, false));
    Band band = new JudgedBands(judgements, NLIST, VECTORS, 3).bands().getFirst();
    assertEquals(21, band.curves().get(1).byDepth().getLast().setting());
    assertEquals(7, lists(band));
    List<Judgement> none = List.of(new Judgement(1, new int[] {2}, new int[0], false));
    assertEquals(List.of(), bands(none).getFirst().curves().get(1).byDepth());
  }
}

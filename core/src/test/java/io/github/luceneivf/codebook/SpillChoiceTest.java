// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What share is chosen, of lists made by hand. */
class SpillChoiceTest {

  private static final int NLIST = 100;
  private static final int PER_LIST = 20;
  private static final int ROWS = NLIST * PER_LIST;

  private final int[] own = IntStream.range(0, ROWS).map(row -> row % NLIST).toArray();
  private final int[] sizes = new int[NLIST];
  private final int[] second = new int[ROWS];
  private final double[] costs = new double[ROWS];

  SpillChoiceTest() {
    Arrays.fill(sizes, PER_LIST);
    for (int row = 0; row < ROWS; row++) {
      second[row] = (own[row] + 1) % NLIST;
      costs[row] = 1.5 + (double) row / ROWS;
    }
  }

  /** One question, whose neighbours are in lists of some ranks, with and without second lists. */
  private static SpillChoice.Ranks question(int[] ownRanks, int[] secondRanks) {
    int[] rows = IntStream.range(0, ownRanks.length).toArray();
    int[] order = IntStream.range(0, NLIST).toArray();
    return new SpillChoice.Ranks(rows, ownRanks, secondRanks, order);
  }

  private float choose(SpillChoice.Ranks question) {
    return new SpillChoice(new SpilledRows(second, costs), sizes, 10).choose(List.of(question));
  }

  @Test
  void nothingIsSpilledWhereNoFewerListsArePobed() {
    int[] ranks = IntStream.rangeClosed(1, SpillChoice.K).map(i -> 4 * i).toArray();
    assertEquals(0, choose(question(ranks, ranks)));
  }

  @Test
  void theLeastShareIsTakenThatSavesWhatTheOthersDo() {
    int[] ranks = IntStream.rangeClosed(1, SpillChoice.K).map(i -> 4 * i).toArray();
    int[] near = new int[SpillChoice.K];
    Arrays.fill(near, 3);
    // The rows of the question are those of least cost, so that every share holds them.
    float cost = choose(question(ranks, near));
    assertEquals(1.75f, cost, 1e-6f);
  }

  /** Where all second entries go to the lists that every search probes, they cost too much. */
  @Test
  void entriesAreCountedInTheListsThatAreProbed() {
    int[] ranks = IntStream.rangeClosed(1, SpillChoice.K).map(i -> 4 * i).toArray();
    int[] fewer = Arrays.stream(ranks).map(rank -> (rank + 1) / 2).toArray();
    assertTrue(choose(question(ranks, fewer)) > 0);
    Arrays.fill(second, 0);
    assertEquals(0, choose(question(ranks, fewer)));
  }

  @Test
  void listsOfNoUseAreNotTaken() {
    Arrays.fill(costs, 5);
    SpilledRows spilled = new SpilledRows(second, costs);
    assertEquals(0, spilled.below(spilled.costOf(1)).count());
    int[] ranks = IntStream.rangeClosed(1, SpillChoice.K).map(i -> 4 * i).toArray();
    int[] near = new int[SpillChoice.K];
    Arrays.fill(near, 1);
    assertEquals(0, choose(question(ranks, near)));
  }

  @Test
  void sharesAreChecked() {
    for (double share : new double[] {-0.5, 1.01, Double.NaN}) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> new Spill(share));
      assertEquals("share must be in [0, 1], or -1 for auto, got: " + share, refused.getMessage());
    }
    assertTrue(Spill.AUTO.isAuto());
    assertEquals(0, Spill.NONE.share());
  }
}

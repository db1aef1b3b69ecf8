// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.codebook.CentroidRanking;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.quantization.QueryCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RankedListsTest {

  private static final int DIM = 96;
  private static final int NLIST = 1_000;
  private static final int QUERIES = 50;

  /** Centroids in groups, so that their codes are ranked, and mislead now and then. */
  private static final Codebook CODEBOOK = codebook();

  private static final CentroidRanking RANKING = new CentroidRanking(CODEBOOK);

  private static Codebook codebook() {
    Random random = new Random(7);
    int groups = 40;
    float[] centers = new float[groups * DIM];
    for (int i = 0; i < centers.length; i++) {
      centers[i] = (float) (2 * random.nextGaussian());
    }
    float[] centroids = new float[NLIST * DIM];
    float[] mean = new float[DIM];
    for (int i = 0; i < centroids.length; i++) {
      centroids[i] = whole(centers[i / DIM % groups * DIM + i % DIM] + random.nextGaussian());
      mean[i % DIM] += centroids[i] / NLIST;
    }
    return new Codebook(
        new Codebook.Content(
            new VectorSpace(Metric.EUCLIDEAN, 0),
            new FloatMatrix(centroids, NLIST, DIM),
            new float[NLIST],
            mean,
            3),
        new Codebook.Lineage(1, Optional.empty(), NLIST));
  }

  /** Whole numbers, so that distances are exact however they are added up. */
  private static float whole(double value) {
    return Math.round(16 * value);
  }

  private static QueryCode query(int seed) {
    Random random = new Random(seed);
    float[] query = CODEBOOK.centroids().row(random.nextInt(NLIST));
    for (int d = 0; d < DIM; d++) {
      query[d] += whole(random.nextGaussian());
    }
    return new QueryCode(CODEBOOK.quantizer(), query);
  }

  private static RankedLists lists(QueryCode query) {
    return new RankedLists(RANKING, query, NLIST);
  }

  /** [nlist] distances by list number. */
  private static float[] exactBases(QueryCode query, int[] exactOrder) {
    float[] ranked = new float[NLIST];
    RANKING.rank(query, NLIST, exactOrder, ranked);
    float[] bases = new float[NLIST];
    for (int i = 0; i < NLIST; i++) {
      bases[exactOrder[i]] = ranked[i];
    }
    return bases;
  }

  /** Each ranking is wider than the one before, and finds lists that should have come earlier. */
  @Test
  void everyListIsTakenOnceThoughWiderRankingsDiffer() {
    int reordered = 0;
    for (int seed = 0; seed < QUERIES; seed++) {
      QueryCode query = query(seed);
      int[] exactOrder = new int[NLIST];
      float[] bases = exactBases(query, exactOrder);
      RankedLists lists = lists(query);
      List<Integer> taken = new ArrayList<>();
      while (lists.hasNext()) {
        if (lists.rank(1)) {
          for (int rank = 0; rank < taken.size(); rank++) {
            assertEquals(taken.get(rank), lists.list(rank), "seed " + seed + ", rank " + rank);
          }
        }
        int rank = lists.taken();
        int list = lists.list(rank);
        assertEquals(bases[list], lists.base(rank), "seed " + seed + ", rank " + rank);
        assertEquals(bases[list], lists.nextKey(), "seed " + seed + ", rank " + rank);
        taken.add(list);
        lists.take();
      }
      assertEquals(NLIST, new HashSet<>(taken).size(), "seed " + seed);
      assertEquals(11, lists.rankings()); // of 1, 2, 4, … 512 and all lists
      reordered += taken.equals(Arrays.stream(exactOrder).boxed().toList()) ? 0 : 1;
    }
    assertTrue(reordered > 0, "no query whose wider rankings differ");
  }

  @Test
  void rankingsAreOnlyMadeForListsThatAreWanted() {
    RankedLists lists = lists(query(1));
    assertTrue(lists.rank(3));
    assertEquals(3, lists.size());
    assertFalse(lists.rank(NLIST));
    lists.take();
    lists.take();
    assertFalse(lists.rank(NLIST));
    lists.take();
    assertTrue(lists.rank(4));
    assertEquals(6, lists.size(), "at least twice as many as before");
    assertEquals(2, lists.rankings());
  }

  @Test
  void listsAreDrawnOnceTheBestOnesFirstTheOthersInTheOrderOnDisk() {
    RankedLists lists = lists(query(2));
    lists.rank(20);
    assertArrayEquals(new int[0], lists.drawBest());
    take(lists, 2);
    assertArrayEquals(new int[] {0, 1}, lists.drawBest());
    take(lists, 10);
    assertArrayEquals(new int[] {2, 3}, lists.drawBest());
    int[] others = lists.drawOthers();
    assertEquals(8, others.length);
    for (int i = 1; i < others.length; i++) {
      assertTrue(lists.list(others[i - 1]) < lists.list(others[i]));
    }
    assertArrayEquals(new int[] {4, 5, 6, 7, 8, 9, 10, 11}, sorted(others));
    take(lists, 1);
    assertArrayEquals(new int[0], lists.drawBest());
    assertArrayEquals(new int[] {12}, lists.drawOthers());
    assertArrayEquals(new int[0], lists.drawOthers());
  }

  @Test
  void promotedListsComeBeforeAllThatWereNotTaken() {
    QueryCode query = query(3);
    int[] exactOrder = new int[NLIST];
    float[] bases = exactBases(query, exactOrder);
    RankedLists lists = lists(query);
    lists.rank(20);
    take(lists, 5);
    List<Integer> before = new ArrayList<>();
    for (int rank = 0; rank < 5; rank++) {
      before.add(lists.list(rank));
    }
    int far = exactOrder[NLIST - 1];
    int farther = exactOrder[NLIST / 2];
    assertEquals(2, lists.promote(new int[] {far, before.get(2), farther}));
    assertEquals(NLIST, lists.size());
    List<Integer> order = new ArrayList<>(before);
    order.addAll(List.of(farther, far));
    for (int rank = 0; rank < order.size(); rank++) {
      assertEquals(order.get(rank), lists.list(rank), "rank " + rank);
      assertEquals(bases[order.get(rank)], lists.base(rank), "rank " + rank);
    }
    assertEquals(bases[farther], lists.nextKey());
    Set<Integer> all = new HashSet<>();
    while (lists.hasNext()) {
      all.add(lists.next());
      lists.take();
    }
    all.addAll(before);
    assertEquals(NLIST, all.size(), "each list comes once");
  }

  private static void take(RankedLists lists, int count) {
    for (int i = 0; i < count; i++) {
      lists.take();
    }
  }

  private static int[] sorted(int[] values) {
    int[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted;
  }
}

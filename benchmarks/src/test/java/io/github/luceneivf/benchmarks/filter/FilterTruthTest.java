// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.benchmarks.contender.RowSets;
import io.github.luceneivf.benchmarks.contender.Tag;
import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.data.Recall;
import io.github.luceneivf.benchmarks.data.VectorRows;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.util.FixedBitSet;
import org.junit.jupiter.api.Test;

/** What is to be found under filters, of points on a line. */
class FilterTruthTest {

  private static final int ROWS = 1_000;
  private static final int QUERIES = 40;

  /** Queries asked. */
  private static final int[] ODD = IntStream.range(0, QUERIES).filter(q -> q % 2 == 1).toArray();

  /** Query q is at 20 q; row r at r. */
  private static RowNearness line() throws IOException {
    float[] places = new float[ROWS];
    for (int row = 0; row < ROWS; row++) {
      places[row] = row;
    }
    float[] queries = new float[QUERIES];
    int[][] truth = new int[QUERIES][];
    for (int query = 0; query < QUERIES; query++) {
      queries[query] = 20 * query + 0.25f;
      truth[query] = IntStream.range(0, Recall.K).toArray();
    }
    VectorRows rows = VectorRows.of(new FloatMatrix(places, ROWS, 1));
    FloatMatrix vectors = new FloatMatrix(queries, QUERIES, 1);
    return RowNearness.of(DataSet.of("line", Metric.EUCLIDEAN, rows, vectors, truth));
  }

  private static FixedBitSet set(IntStream rows) {
    FixedBitSet set = new FixedBitSet(ROWS);
    rows.forEach(set::set);
    return set;
  }

  private static FixedBitSet all() {
    return set(IntStream.range(0, ROWS));
  }

  private static int[] answers(RowNearness rows, RowSets sets, FixedBitSet live, int most) {
    int[] found = new int[QUERIES / 2 * Recall.K];
    Arrays.fill(found, -1);
    int at = 0;
    for (int query : ODD) {
      FixedBitSet accepted = sets.of(query).clone();
      accepted.and(live);
      int[] nearest = rows.nearest(query, accepted, most);
      System.arraycopy(nearest, 0, found, at, nearest.length);
      at += Recall.K;
    }
    return found;
  }

  @Test
  void theNearestAcceptedRowsAreToBeFound() throws IOException {
    RowNearness rows = line();
    RowSets thirds = new RowSets(List.of(set(IntStream.range(0, ROWS).filter(r -> r % 3 == 0))));
    assertEquals(List.of(21, 18, 24), list(rows.nearest(1, thirds.of(1), 3)));
    FilterTruth truth = new FilterTruth(rows, thirds, all());
    assertEquals(334, truth.matches());
    FilterTruth.Judgement whole = truth.judge(ODD, answers(rows, thirds, all(), Recall.K));
    assertEquals(new FilterTruth.Judgement(1, 1, 0), whole);
    FilterTruth.Judgement half = truth.judge(ODD, answers(rows, thirds, all(), 5));
    assertEquals(new FilterTruth.Judgement(0.5, 0.5, 1), half);
  }

  private static List<Integer> list(int[] rows) {
    return IntStream.of(rows).boxed().toList();
  }

  @Test
  void whereFewAreAcceptedAllOfThemAreEnough() throws IOException {
    RowNearness rows = line();
    RowSets three = new RowSets(List.of(set(IntStream.of(5, 500, 501))));
    FixedBitSet live = all();
    live.clear(500);
    FilterTruth truth = new FilterTruth(rows, three, live);
    assertEquals(2, truth.matches());
    assertEquals(
        new FilterTruth.Judgement(1, 1, 0), truth.judge(ODD, answers(rows, three, live, 10)));
    assertEquals(
        new FilterTruth.Judgement(0.5, 0.5, 1), truth.judge(ODD, answers(rows, three, live, 1)));
    int[] deleted = answers(rows, three, all(), 10);
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> truth.judge(ODD, deleted));
    assertEquals("query 1 must find accepted rows only, got: 500", e.getMessage());
  }

  @Test
  void aRowFoundTwiceIsRefused() throws IOException {
    RowNearness rows = line();
    RowSets every = new RowSets(List.of(all()));
    FilterTruth truth = new FilterTruth(rows, every, all());
    int[] found = answers(rows, every, all(), Recall.K);
    found[1] = found[0];
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> truth.judge(ODD, found));
    assertEquals("query 1 must find no row twice", e.getMessage());
  }

  @Test
  void restrictionsAcceptWhatTheySay() throws IOException {
    RowNearness rows = line();
    byte[] tags = new byte[ROWS];
    for (int row = 0; row < ROWS; row += 2) {
      tags[row] = Tag.RANDOM_50.addTo(tags[row]);
    }
    assertEquals(ROWS, Restriction.NONE.sets(rows, tags).orElseThrow().of(3).cardinality());
    RowSets half = Restriction.RANDOM_50.sets(rows, tags).orElseThrow();
    assertTrue(half.of(7).get(10) && !half.of(7).get(11));
    assertEquals(900, Restriction.RANDOM_90.sets(rows, tags).orElseThrow().of(0).cardinality(), 60);
    RowSets near = Restriction.NEAR.sets(rows, tags).orElseThrow();
    RowSets far = Restriction.FAR.sets(rows, tags).orElseThrow();
    for (int query = 0; query < QUERIES; query++) {
      assertTrue(near.of(query).get(20 * query) && !far.of(query).get(20 * query));
      assertEquals(100, near.of(query).cardinality(), 2);
      assertEquals(500, far.of(query).cardinality(), 2);
    }
    assertTrue(Restriction.TOPIC.sets(rows, tags).isEmpty(), "there are no labels");
    assertTrue(Restriction.OTHER_TOPICS.sets(rows, tags).isEmpty(), "there are no labels");
  }
}

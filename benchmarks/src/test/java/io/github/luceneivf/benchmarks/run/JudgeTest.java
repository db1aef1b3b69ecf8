// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.luceneivf.benchmarks.contender.Tag;
import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.data.Recall;
import io.github.luceneivf.benchmarks.data.VectorRows;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JudgeTest {

  /** Rows at 0, 1, … 8 and then three at 9; the query is at 0. */
  private static final float[] PLACES = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9};

  private static DataSet line(int queries) throws IOException {
    VectorRows base =
        new VectorRows() {
          @Override
          public int size() {
            return PLACES.length;
          }

          @Override
          public int dim() {
            return 1;
          }

          @Override
          public void read(int row, float[] into, int at) {
            into[at] = PLACES[row];
          }
        };
    int[][] truth = new int[queries][];
    Arrays.fill(truth, IntStream.range(0, Recall.K).toArray());
    FloatMatrix vectors = new FloatMatrix(new float[queries], queries, 1);
    return DataSet.of("line", Metric.EUCLIDEAN, base, vectors, truth);
  }

  private static Judge all(DataSet set) {
    return (query, rows, count) -> set.recall(query, rows, count, Recall.K);
  }

  @Test
  void aRowAsNearAsTheTenthCounts() throws IOException {
    int[] tied = {0, 1, 2, 3, 4, 5, 6, 7, 8, 11};
    assertEquals(1, all(line(2)).recall(Half.TUNING, 2, tied));
  }

  @Test
  void missingAndFartherRowsDoNotCount() throws IOException {
    int[] half = {0, 1, 2, 3, 4, -1, -1, -1, -1, -1};
    assertEquals(0.5, all(line(2)).recall(Half.REPORT, 2, half));
  }

  @Test
  void rowsOfAnotherNumberOfQueriesAreRefused() throws IOException {
    Judge judge = all(line(4));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> judge.recall(Half.REPORT, 4, new int[Recall.K]));
    assertEquals("rows must be of 2 queries, got: 10", e.getMessage());
  }

  @Test
  void onlyRowsAllowedAreToBeFound() throws IOException {
    byte[] tags = new byte[PLACES.length];
    tags[0] = Tag.DELETED.addTo(tags[0]);
    Judge judge = SubsetJudge.of(line(2), tags, tag -> !Tag.DELETED.isIn(tag));
    int[] allowed = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    assertEquals(1, judge.recall(Half.REPORT, 2, allowed));
    int[] deleted = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    assertThrows(IllegalStateException.class, () -> judge.recall(Half.REPORT, 2, deleted));
  }

  @Test
  void whereFewAreAllowedAllOfThemAreToBeFound() throws IOException {
    byte[] tags = new byte[PLACES.length];
    tags[3] = Tag.RANDOM_1.addTo(tags[3]);
    Judge judge = SubsetJudge.of(line(2), tags, Tag.RANDOM_1::isIn);
    assertEquals(
        1, judge.recall(Half.REPORT, 2, new int[] {3, -1, -1, -1, -1, -1, -1, -1, -1, -1}));
  }

  @Test
  void theHalvesShareNoQuery() {
    assertEquals(
        IntStream.range(0, 7).boxed().toList(),
        IntStream.concat(Half.TUNING.of(7), Half.REPORT.of(7)).sorted().boxed().toList());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.luceneivf.testdata.ExactNeighbors;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NearestRowsTest {

  private static int[][] find(
      FloatMatrix rows, FloatMatrix queries, int k, Metric metric, int threads) throws IOException {
    try (Workers workers = new Workers(threads)) {
      return NearestRows.find(
          rows, queries, new NearestRows.Wanted(k, metric), workers, Workers.Tick.NONE);
    }
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void findsTheNearestWhateverTheThreads(Metric metric) throws IOException {
    FloatMatrix rows = VectorGenerators.clusters(1777, 19, 12, 0.3, 5);
    FloatMatrix queries = VectorGenerators.clusters(131, 19, 12, 0.3, 6);
    VectorSpace space = new VectorSpace(metric, 0);
    space.map(rows.values(), 0, rows.rows(), rows.dim());
    space.map(queries.values(), 0, queries.rows(), queries.dim());
    int[][] found = find(rows, queries, 20, metric, 1);
    assertArrayEquals(found, find(rows, queries, 20, metric, 3));
    for (int q = 0; q < queries.rows(); q++) {
      int[] expected = ExactNeighbors.topK(rows, queries.row(q), 20, metric);
      Arrays.sort(expected);
      Arrays.sort(found[q]);
      assertArrayEquals(expected, found[q], "query " + q);
    }
  }

  /** Each query may find rows of its own: as if the others were not there. */
  @ParameterizedTest
  @EnumSource(Metric.class)
  void onlyWhatAQueryMayFindIsFound(Metric metric) throws IOException {
    FloatMatrix rows = VectorGenerators.clusters(1777, 19, 12, 0.3, 5);
    FloatMatrix queries = VectorGenerators.clusters(31, 19, 12, 0.3, 6);
    VectorSpace space = new VectorSpace(metric, 0);
    space.map(rows.values(), 0, rows.rows(), rows.dim());
    space.map(queries.values(), 0, queries.rows(), queries.dim());
    NearestRows.Wanted wanted =
        new NearestRows.Wanted(20, metric, (query, row) -> (row + query) % 7 == 0);
    int[][] found;
    try (Workers workers = new Workers(3)) {
      found = NearestRows.find(rows, queries, wanted, workers, Workers.Tick.NONE);
    }
    int[][] all = find(rows, queries, rows.rows(), metric, 1);
    for (int q = 0; q < queries.rows(); q++) {
      int query = q;
      int[] expected =
          IntStream.of(all[q]).filter(row -> (row + query) % 7 == 0).limit(20).toArray();
      assertArrayEquals(expected, found[q], "query " + q);
    }
  }

  @Test
  void fewerAreFoundWhereFewerMayBe() throws IOException {
    FloatMatrix rows = new FloatMatrix(new float[] {2, 1, 1, 0, 1}, 5, 1);
    FloatMatrix queries = new FloatMatrix(new float[] {1, 1}, 2, 1);
    NearestRows.Wanted wanted =
        new NearestRows.Wanted(3, Metric.EUCLIDEAN, (query, row) -> query == 1 && row > 2);
    try (Workers workers = new Workers(1)) {
      int[][] found = NearestRows.find(rows, queries, wanted, workers, Workers.Tick.NONE);
      assertArrayEquals(new int[0], found[0]);
      assertArrayEquals(new int[] {4, 3}, found[1]);
    }
  }

  @Test
  void equalRowsComeInTheirOrderAndFewRowsAreAllFound() throws IOException {
    FloatMatrix rows = new FloatMatrix(new float[] {2, 1, 1, 0, 1}, 5, 1);
    FloatMatrix query = new FloatMatrix(new float[] {1}, 1, 1);
    assertArrayEquals(new int[] {1, 2, 4}, find(rows, query, 3, Metric.EUCLIDEAN, 2)[0]);
    int[] all = find(rows, query, 9, Metric.EUCLIDEAN, 1)[0];
    assertArrayEquals(new int[] {1, 2, 4, 0, 3}, all);
    assertEquals(5, IntStream.of(all).distinct().count());
  }
}

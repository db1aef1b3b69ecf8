// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExactSearchTest {

  /** Small whole numbers, so that there are ties and no rounding. */
  private static FloatMatrix whole(int rows, int dim, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[rows * dim];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(-3, 4);
    }
    return new FloatMatrix(values, rows, dim);
  }

  @Test
  void agreesWithSortingEverythingWhateverTheThreads() throws IOException {
    FloatMatrix base = whole(1000, 5, 1);
    FloatMatrix queries = whole(7, 5, 2);
    for (Metric metric : new Metric[] {Metric.EUCLIDEAN, Metric.COSINE}) {
      for (int threads = 1; threads <= 3; threads++) {
        Neighbors found = new ExactSearch(threads).find(new MatrixRows(base), queries, metric, 20);
        assertEquals(7, found.queries());
        for (int q = 0; q < 7; q++) {
          float[] query = queries.row(q);
          Comparator<Integer> nearer =
              Comparator.comparingDouble(
                  (Integer row) -> -ExactSearch.nearness(metric, query, base.row(row)));
          int[] expected =
              IntStream.range(0, 1000)
                  .boxed()
                  .sorted(nearer.thenComparing(Comparator.naturalOrder()))
                  .limit(20)
                  .mapToInt(Integer::intValue)
                  .toArray();
          int[] got = Arrays.copyOfRange(found.ords(), q * 20, q * 20 + 20);
          assertArrayEquals(expected, got, metric + " query " + q);
          double last = ExactSearch.nearness(metric, query, base.row(got[19]));
          assertEquals((float) last, found.score(q, 19));
        }
      }
    }
  }

  @Test
  void smallBasesGiveAllTheyHave() throws IOException {
    Neighbors found =
        new ExactSearch(1)
            .find(new MatrixRows(whole(3, 2, 5)), whole(2, 2, 6), Metric.EUCLIDEAN, 10);
    assertEquals(3, found.k());
    assertThrows(IllegalArgumentException.class, () -> new ExactSearch(0));
  }
}

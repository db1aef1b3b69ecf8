// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSpace;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ListReachTest {

  /** Two lists: about (2, 0) and about the origin. */
  private static final Codebook CODEBOOK =
      new Codebook(
          new Codebook.Content(
              new VectorSpace(Metric.INNER_PRODUCT, 0),
              new FloatMatrix(new float[] {2, 0, 0, 0}, 2, 2),
              new float[] {2, 0},
              new float[2],
              1),
          new Codebook.Lineage(1, Optional.empty(), 10));

  @Test
  void theFarthestVectorOfEachListCounts() {
    ListReach.Measure measure = new ListReach.Measure(CODEBOOK);
    assertArrayEquals(new float[] {1, 1}, measure.reach().along());
    measure.add(new float[] {9, 9, 5, 1}, 2, 0);
    measure.add(new float[] {1, -3}, 0, 0);
    assertArrayEquals(new float[] {2.5f, 1}, measure.reach().along());
    assertArrayEquals(new float[] {3, 0}, measure.reach().across(), 1e-6f);
  }

  /** A centroid without direction promises nothing: all of a vector lies beside it. */
  @Test
  void theOriginHasNoDirection() {
    ListReach.Measure measure = new ListReach.Measure(CODEBOOK);
    measure.add(new float[] {3, 4}, 0, 1);
    assertArrayEquals(new float[] {1, 1}, measure.reach().along());
    assertArrayEquals(new float[] {0, 5}, measure.reach().across(), 1e-6f);
  }

  @Test
  void reachesOfSegmentsAreAddedUp() {
    ListReach one = new ListReach(new float[] {3, 1}, new float[] {0, 7});
    ListReach other = new ListReach(new float[] {2, 4}, new float[] {1, 6});
    ListReach.Measure measure = new ListReach.Measure(CODEBOOK);
    measure.add(one);
    measure.add(other);
    for (ListReach sum : List.of(measure.reach(), ListReach.farthest(List.of(one, other)))) {
      assertArrayEquals(new float[] {3, 4}, sum.along());
      assertArrayEquals(new float[] {1, 7}, sum.across());
    }
  }

  @Test
  void beyondIsARatioToTheTraining() {
    assertEquals(3.5, new ListReach(new float[] {3, 1}, new float[] {0, 7}).beyond(CODEBOOK));
    assertEquals(1, new ListReach(new float[] {3, 1}, new float[2]).beyond(CODEBOOK));
    assertEquals(1, ListReach.NONE.beyond(CODEBOOK));
  }

  @Test
  void impossibleValuesAreRefused() {
    assertRefused("across must have as many values as along = 1, got: 2", new float[] {1}, 0, 0);
    assertRefused("along must be at least 1 and finite, got: 0.5", new float[] {0.5f}, 0);
    assertRefused("along must be at least 1 and finite, got: NaN", new float[] {Float.NaN}, 0);
    assertRefused("across must be at least 0 and finite, got: -1.0", new float[] {1}, -1);
    assertRefused(
        "across must be at least 0 and finite, got: Infinity",
        new float[] {1},
        Float.POSITIVE_INFINITY);
  }

  private static void assertRefused(String message, float[] along, float... across) {
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> new ListReach(along, across))
            .getMessage());
  }
}

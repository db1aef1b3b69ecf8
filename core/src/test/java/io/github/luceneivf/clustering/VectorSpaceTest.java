// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.testdata.VectorGenerators;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VectorSpaceTest {

  @ParameterizedTest
  @ValueSource(floats = {Float.MIN_VALUE, 1e-42f, 1e-38f, 1e-3f, 1f, 3f, 1e18f, Float.MAX_VALUE})
  void largestComponentComesIntoOneToTwo(float largest) {
    for (Metric metric : new Metric[] {Metric.EUCLIDEAN, Metric.INNER_PRODUCT}) {
      float[] values = {0, -largest, largest / 2, 0};
      VectorSpace.fitting(metric, values).map(values, 0, 2, 2);
      assertTrue(values[1] <= -1 && values[1] > -2, "got " + values[1]);
    }
  }

  @Test
  void scalingIsExact() {
    float[] values = VectorGenerators.scaled(VectorGenerators.uniform(20, 5, 1), 1e18f).values();
    float[] mapped = values.clone();
    VectorSpace space = VectorSpace.fitting(Metric.EUCLIDEAN, values);
    space.map(mapped, 0, 20, 5);
    for (int i = 0; i < values.length; i++) {
      assertEquals(values[i], Math.scalb(mapped[i], -space.exponent()));
    }
  }

  @Test
  void valuesFarBeyondTheSampleAreClamped() {
    VectorSpace space = VectorSpace.fitting(Metric.EUCLIDEAN, new float[] {1e-30f});
    float[] query = {0x1p90f, -0x1p90f, 1e-30f};
    space.mapQuery(query);
    assertEquals(VectorSpace.MAX_COMPONENT, query[0]);
    assertEquals(-VectorSpace.MAX_COMPONENT, query[1]);
  }

  @ParameterizedTest
  @ValueSource(floats = {7 * Float.MIN_VALUE, 1e-38f, 1e-20f, 1f, 1e18f, 3e38f})
  void cosineMakesUnitVectors(float scale) {
    float[] rows = {0.6f * scale, 0.8f * scale, 0, 0};
    new VectorSpace(Metric.COSINE, 0).map(rows, 0, 2, 2);
    assertEquals(1, Math.hypot(rows[0], rows[1]), 1e-6);
    assertArrayEquals(new float[] {0, 0}, new float[] {rows[2], rows[3]});
  }

  @Test
  void innerProductQueriesGetAScaleOfTheirOwn() {
    float[] query = {1e-30f, 3e-30f};
    new VectorSpace(Metric.INNER_PRODUCT, -40).mapQuery(query);
    assertTrue(query[1] >= 1 && query[1] < 2, "got " + query[1]);
    assertEquals(3, query[1] / query[0], 1e-5);
  }

  @Test
  void zerosAndWhatIsNotFiniteDoNotDecideTheScale() {
    assertEquals(0, VectorSpace.fitting(Metric.EUCLIDEAN, new float[3]).exponent());
    float[] values = {Float.NaN, Float.POSITIVE_INFINITY, 4};
    assertEquals(-2, VectorSpace.fitting(Metric.EUCLIDEAN, values).exponent());
  }

  @Test
  void exponentsAreChecked() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> new VectorSpace(Metric.EUCLIDEAN, 201));
    assertEquals("exponent must be in [-200, 200], got: 201", e.getMessage());
    e = assertThrows(IllegalArgumentException.class, () -> new VectorSpace(Metric.COSINE, 1));
    assertEquals("exponent must be 0 for COSINE, got: 1", e.getMessage());
  }

  @Test
  void rowsAreMappedAsAlone() {
    int dim = 13;
    float[] rows = VectorGenerators.clusters(11, dim, 3, 0.5, 1).values().clone();
    Arrays.fill(rows, 2 * dim, 4 * dim, 0);
    rows[4 * dim] = Float.NaN;
    rows[5 * dim + 1] = Float.NEGATIVE_INFINITY;
    for (int d = 6 * dim; d < 7 * dim; d++) {
      rows[d] *= 1e-40f;
      rows[d + dim] *= 1e30f;
    }
    rows[8 * dim] = Float.MAX_VALUE;
    VectorSpace space = new VectorSpace(Metric.COSINE, 0);
    float[] alone = rows.clone();
    float[] together = rows.clone();
    for (int i = 0; i < 10; i++) {
      space.map(alone, (1 + i) * dim, 1, dim);
      float[] row = Arrays.copyOfRange(rows, (1 + i) * dim, (2 + i) * dim);
      space.mapQuery(row);
      assertArrayEquals(row, Arrays.copyOfRange(alone, (1 + i) * dim, (2 + i) * dim));
    }
    space.map(together, dim, 10, dim);
    assertArrayEquals(alone, together);
    assertArrayEquals(
        Arrays.copyOfRange(rows, 4 * dim, 6 * dim), Arrays.copyOfRange(together, 4 * dim, 6 * dim));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class QuerySampleTest {

  private static final int MANY = QuerySample.MAX_ROWS + 1;

  @Test
  void fewQueriesAreAllKept() throws IOException {
    FloatMatrix queries = VectorGenerators.uniform(70, 5, 1);
    QuerySample drawn = QuerySample.draw(queries.asSource(), 3);
    assertEquals(70, drawn.size());
    assertEquals(5, drawn.dim());
    assertArrayEquals(queries.values(), drawn.queries().values());
    assertEquals(QuerySample.of(queries), drawn);
    assertEquals(QuerySample.of(queries).hashCode(), drawn.hashCode());
    assertEquals("70 of 5 dimensions", drawn.toString());
  }

  @Test
  void ofManyQueriesASeedDraws() throws IOException {
    FloatMatrix queries = VectorGenerators.uniform(MANY, 3, 1);
    QuerySample drawn = QuerySample.draw(queries.asSource(), 3);
    assertEquals(QuerySample.MAX_ROWS, drawn.size());
    assertEquals(drawn, QuerySample.draw(queries.asSource(), 3));
    assertNotEquals(drawn, QuerySample.draw(queries.asSource(), 4));
    assertEquals(4096, QuerySample.maxRows(4096));
    assertEquals(1, QuerySample.maxRows(1 << 25));
    assertEquals(
        "queries must be at most 10000 of 3 dimensions, got: 10001",
        assertThrows(IllegalArgumentException.class, () -> QuerySample.of(queries)).getMessage());
  }

  @Test
  void whoeverGaveTheQueriesMayChangeThem() {
    FloatMatrix queries = VectorGenerators.uniform(7, 5, 1);
    QuerySample sample = QuerySample.of(queries);
    float first = queries.values()[0];
    queries.values()[0] = 42;
    assertEquals(first, sample.queries().values()[0]);
    assertNotEquals(QuerySample.of(queries), sample);
  }

  @Test
  void noQueriesAreNone() throws IOException {
    FloatMatrix nothing = new FloatMatrix(new float[0], 0, 9);
    assertSame(QuerySample.NONE, QuerySample.of(nothing));
    assertSame(QuerySample.NONE, QuerySample.draw(nothing.asSource(), 1));
    assertTrue(QuerySample.NONE.isEmpty());
    assertTrue(QuerySample.NONE.fits(77));
    assertEquals("none", QuerySample.NONE.toString());
    QuerySample some = QuerySample.of(VectorGenerators.uniform(1, 5, 1));
    assertTrue(some.fits(5));
    assertFalse(some.fits(6));
  }

  @Test
  void valuesThatAreNotFiniteAreNamed() {
    FloatMatrix queries = VectorGenerators.uniform(7, 5, 1);
    queries.values()[13] = Float.NaN;
    assertEquals(
        "queries must be finite, got: NaN in row 2, component 3",
        assertThrows(IllegalArgumentException.class, () -> QuerySample.of(queries)).getMessage());
    assertThrows(IllegalArgumentException.class, () -> QuerySample.draw(queries.asSource(), 1));
  }
}

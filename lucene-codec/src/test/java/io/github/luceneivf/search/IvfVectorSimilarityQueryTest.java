// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.TermQuery;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Identity, text and argument checks of the query; no index. */
class IvfVectorSimilarityQueryTest {

  private static final Query FILTER = new TermQuery(new Term("tag", "a"));

  private static IvfVectorSimilarityQuery query(float minScore) {
    return new IvfVectorSimilarityQuery("f", new float[] {0.5f, 1}, minScore, FILTER);
  }

  @Test
  void equalArgumentsMakeEqualQueries() {
    assertEquals(query(0.3f), query(0.3f));
    assertEquals(query(0.3f).hashCode(), query(0.3f).hashCode());
    assertEquals(
        new IvfVectorSimilarityQuery("f", new float[] {1}, 2),
        new IvfVectorSimilarityQuery("f", new float[] {1}, 2, null));
  }

  @Test
  void everyArgumentIsPartOfTheIdentity() {
    float[] vector = {0.5f, 1};
    List<Query> others =
        List.of(
            new IvfVectorSimilarityQuery("g", vector, 0.3f, FILTER),
            new IvfVectorSimilarityQuery("f", new float[] {0.5f, 2}, 0.3f, FILTER),
            new IvfVectorSimilarityQuery("f", vector, 0.3f),
            new IvfVectorSimilarityQuery("f", vector, 0.3f, MatchAllDocsQuery.INSTANCE),
            query(Math.nextUp(0.3f)),
            FILTER);
    for (Query other : others) {
      assertNotEquals(query(0.3f), other);
      assertNotEquals(other, query(0.3f));
    }
    assertNotEquals(query(0.3f).hashCode(), query(0.4f).hashCode());
  }

  @Test
  void textShowsFieldVectorLeastScoreAndFilter() {
    assertEquals(
        "IvfVectorSimilarityQuery:f[0.5,...][>=0.25][tag:a]", query(0.25f).toString("ignored"));
    assertEquals(
        "IvfVectorSimilarityQuery:f[1.0,...][>=-Infinity]",
        new IvfVectorSimilarityQuery("f", new float[] {1}, Float.NEGATIVE_INFINITY).toString());
  }

  @Test
  void argumentsCanBeReadBack() {
    IvfVectorSimilarityQuery query = query(0.3f);
    assertEquals("f", query.getField());
    assertEquals(0.3f, query.getMinScore());
    assertSame(FILTER, query.getFilter());
    assertArrayEquals(new float[] {0.5f, 1}, query.getTargetCopy());
    assertNull(new IvfVectorSimilarityQuery("f", new float[] {1}, 0).getFilter());
  }

  @Test
  void laterChangesOfArraysHaveNoEffect() {
    float[] vector = {1, 2};
    IvfVectorSimilarityQuery query = new IvfVectorSimilarityQuery("f", vector, 1);
    vector[0] = 9;
    query.getTargetCopy()[1] = 9;
    assertEquals(new IvfVectorSimilarityQuery("f", new float[] {1, 2}, 1), query);
  }

  @Test
  void visitorSeesOneLeafOfTheField() {
    List<Query> leaves = new ArrayList<>();
    for (String accepted : List.of("f", "g")) {
      query(0.3f)
          .visit(
              new QueryVisitor() {
                @Override
                public boolean acceptField(String field) {
                  return field.equals(accepted);
                }

                @Override
                public void visitLeaf(Query leaf) {
                  leaves.add(leaf);
                }
              });
    }
    assertEquals(List.of(query(0.3f)), leaves);
  }

  @Test
  @SuppressWarnings("NullAway") // null is what is tested
  void wrongArgumentsAreNamed() {
    float[] ok = {1};
    rejected(
        "field must be the name of a vector field, got: null",
        () -> new IvfVectorSimilarityQuery(null, ok, 1));
    rejected(
        "field must be the name of a vector field, got: \"\"",
        () -> new IvfVectorSimilarityQuery("", ok, 1));
    rejected(
        "field=\"f\": minScore must be a number, got: NaN",
        () -> new IvfVectorSimilarityQuery("f", ok, Float.NaN));
    rejected(
        "field=\"f\": vector must have at least 1 dimension, got: null",
        () -> new IvfVectorSimilarityQuery("f", null, 1));
    rejected(
        "field=\"f\": vector must have at least 1 dimension, got: 0",
        () -> new IvfVectorSimilarityQuery("f", new float[0], 1));
    rejected(
        "field=\"f\": vector[1] must be finite, got: NaN",
        () -> new IvfVectorSimilarityQuery("f", new float[] {0, Float.NaN}, 1));
  }

  private static void rejected(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}

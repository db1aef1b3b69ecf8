// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.luceneivf.probe.IvfSearchStrategy;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.TermQuery;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Identity, text and argument checks of the query; no index. */
class IvfKnnFloatVectorQueryTest {

  private static final Query FILTER = new TermQuery(new Term("tag", "a"));

  private static IvfKnnFloatVectorQuery query(int nprobe) {
    return new IvfKnnFloatVectorQuery(
        "f", new float[] {0.5f, 1}, 7, FILTER, IvfSearchStrategy.nprobe(nprobe));
  }

  @Test
  void equalArgumentsMakeEqualQueries() {
    assertEquals(query(3), query(3));
    assertEquals(query(3).hashCode(), query(3).hashCode());
    assertEquals(
        new IvfKnnFloatVectorQuery("f", new float[] {1}, 2),
        new IvfKnnFloatVectorQuery("f", new float[] {1}, 2, null, IvfSearchStrategy.CALIBRATED));
  }

  @Test
  void everyArgumentIsPartOfTheIdentity() {
    float[] vector = {0.5f, 1};
    IvfSearchStrategy three = IvfSearchStrategy.nprobe(3);
    List<Query> others =
        List.of(
            new IvfKnnFloatVectorQuery("g", vector, 7, FILTER, three),
            new IvfKnnFloatVectorQuery("f", new float[] {0.5f, 2}, 7, FILTER, three),
            new IvfKnnFloatVectorQuery("f", vector, 8, FILTER, three),
            new IvfKnnFloatVectorQuery("f", vector, 7, null, three),
            new IvfKnnFloatVectorQuery("f", vector, 7, MatchAllDocsQuery.INSTANCE, three),
            new IvfKnnFloatVectorQuery("f", vector, 7, FILTER),
            query(4),
            new IvfKnnFloatVectorQuery("f", vector, 7, FILTER, three.oversample(2)),
            new KnnFloatVectorQuery("f", vector, 7, FILTER, three));
    for (Query other : others) {
      assertNotEquals(query(3), other);
      assertNotEquals(other, query(3));
    }
    assertNotEquals(query(3).hashCode(), query(4).hashCode());
  }

  @Test
  void textShowsFieldVectorKFilterAndStrategy() {
    assertEquals(
        "IvfKnnFloatVectorQuery:f[0.5,...][7][tag:a][nprobe=3,oversample=calibrated]",
        query(3).toString("ignored"));
    assertEquals(
        "IvfKnnFloatVectorQuery:f[1.0,...][2][nprobe=calibrated,oversample=calibrated]",
        new IvfKnnFloatVectorQuery("f", new float[] {1}, 2).toString());
  }

  @Test
  void argumentsCanBeReadBack() {
    IvfKnnFloatVectorQuery query = query(3);
    assertEquals("f", query.getField());
    assertEquals(7, query.getK());
    assertSame(FILTER, query.getFilter());
    assertEquals(IvfSearchStrategy.nprobe(3), query.getSearchStrategy());
  }

  @Test
  void laterChangesOfTheCallersArrayHaveNoEffect() {
    float[] vector = {1, 2};
    IvfKnnFloatVectorQuery query = new IvfKnnFloatVectorQuery("f", vector, 1);
    vector[0] = 9;
    assertEquals(1, query.getTargetCopy()[0]);
    assertEquals(new IvfKnnFloatVectorQuery("f", new float[] {1, 2}, 1), query);
  }

  @Test
  void visitorSeesOneLeafOfTheField() {
    List<Query> leaves = new ArrayList<>();
    query(3)
        .visit(
            new QueryVisitor() {
              @Override
              public boolean acceptField(String field) {
                return field.equals("f");
              }

              @Override
              public void visitLeaf(Query leaf) {
                leaves.add(leaf);
              }
            });
    assertEquals(List.of(query(3)), leaves);
    query(3)
        .visit(
            new QueryVisitor() {
              @Override
              public boolean acceptField(String field) {
                return false;
              }

              @Override
              public void visitLeaf(Query leaf) {
                throw new AssertionError("visited a field that was not accepted");
              }
            });
  }

  @Test
  @SuppressWarnings("NullAway") // null is what is tested
  void wrongArgumentsAreNamed() {
    float[] ok = {1};
    rejected(
        "field must be the name of a vector field, got: null",
        () -> new IvfKnnFloatVectorQuery(null, ok, 1));
    rejected(
        "field must be the name of a vector field, got: \"\"",
        () -> new IvfKnnFloatVectorQuery("", ok, 1));
    rejected(
        "field=\"f\": k must be at least 1, got: 0", () -> new IvfKnnFloatVectorQuery("f", ok, 0));
    rejected(
        "field=\"f\": vector must have at least 1 dimension, got: null",
        () -> new IvfKnnFloatVectorQuery("f", null, 1));
    rejected(
        "field=\"f\": vector must have at least 1 dimension, got: 0",
        () -> new IvfKnnFloatVectorQuery("f", new float[0], 1));
    rejected(
        "field=\"f\": vector[1] must be finite, got: NaN",
        () -> new IvfKnnFloatVectorQuery("f", new float[] {0, Float.NaN}, 1));
    rejected(
        "field=\"f\": vector[0] must be finite, got: -Infinity",
        () -> new IvfKnnFloatVectorQuery("f", new float[] {Float.NEGATIVE_INFINITY}, 1));
    rejected(
        "field=\"f\": strategy must not be null, use CALIBRATED for the default",
        () -> new IvfKnnFloatVectorQuery("f", ok, 1, null, null));
  }

  private static void rejected(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.luceneivf.hybrid.LegQuery;
import io.github.luceneivf.probe.IvfSearchStrategy;
import java.util.List;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Identity, text and argument checks of the query; no index. */
class IvfKnnByteVectorQueryTest {

  private static final Query FILTER = new TermQuery(new Term("tag", "a"));

  private static IvfKnnByteVectorQuery query(int nprobe) {
    return new IvfKnnByteVectorQuery(
        "f", new byte[] {-5, 1}, 7, FILTER, IvfSearchStrategy.nprobe(nprobe));
  }

  @Test
  void equalArgumentsMakeEqualQueries() {
    assertEquals(query(3), query(3));
    assertEquals(query(3).hashCode(), query(3).hashCode());
    assertEquals(
        new IvfKnnByteVectorQuery("f", new byte[] {1}, 2),
        new IvfKnnByteVectorQuery("f", new byte[] {1}, 2, null, IvfSearchStrategy.CALIBRATED));
  }

  @Test
  void everyArgumentIsPartOfTheIdentity() {
    byte[] vector = {-5, 1};
    IvfSearchStrategy three = IvfSearchStrategy.nprobe(3);
    List<Query> others =
        List.of(
            new IvfKnnByteVectorQuery("g", vector, 7, FILTER, three),
            new IvfKnnByteVectorQuery("f", new byte[] {-5, 2}, 7, FILTER, three),
            new IvfKnnByteVectorQuery("f", vector, 8, FILTER, three),
            new IvfKnnByteVectorQuery("f", vector, 7, null, three),
            new IvfKnnByteVectorQuery("f", vector, 7, MatchAllDocsQuery.INSTANCE, three),
            new IvfKnnByteVectorQuery("f", vector, 7, FILTER),
            query(4),
            new IvfKnnByteVectorQuery("f", vector, 7, FILTER, three.oversample(2)),
            new IvfKnnFloatVectorQuery("f", new float[] {-5, 1}, 7, FILTER, three),
            new KnnByteVectorQuery("f", vector, 7, FILTER, three));
    for (Query other : others) {
      assertNotEquals(query(3), other);
      assertNotEquals(other, query(3));
    }
    assertNotEquals(query(3).hashCode(), query(4).hashCode());
  }

  @Test
  void textShowsFieldVectorKFilterAndStrategy() {
    assertEquals(
        "IvfKnnByteVectorQuery:f[-5,...][7][tag:a][nprobe=3,oversample=calibrated]",
        query(3).toString("ignored"));
    assertEquals(
        "IvfKnnByteVectorQuery:f[1,...][2][nprobe=calibrated,oversample=calibrated]",
        new IvfKnnByteVectorQuery("f", new byte[] {1}, 2).toString());
  }

  @Test
  void argumentsCanBeReadBack() {
    IvfKnnByteVectorQuery query = query(3);
    assertEquals("f", query.getField());
    assertEquals(7, query.getK());
    assertSame(FILTER, query.getFilter());
    assertEquals(IvfSearchStrategy.nprobe(3), query.getSearchStrategy());
  }

  @Test
  void laterChangesOfTheCallersArrayHaveNoEffect() {
    byte[] vector = {1, 2};
    IvfKnnByteVectorQuery query = new IvfKnnByteVectorQuery("f", vector, 1);
    vector[0] = 9;
    assertEquals(1, query.getTargetCopy()[0]);
    assertEquals(new IvfKnnByteVectorQuery("f", new byte[] {1, 2}, 1), query);
  }

  @Test
  void legOfAHybridQueryStaysWhatItIs() {
    IvfKnnByteVectorQuery leg =
        new IvfKnnByteVectorQuery("f", new byte[] {1}, 3, null, IvfSearchStrategy.nprobe(5));
    assertEquals(
        new IvfKnnByteVectorQuery("f", new byte[] {1}, 20, FILTER, IvfSearchStrategy.nprobe(5)),
        LegQuery.of(leg).build(20, FILTER));
  }

  @Test
  @SuppressWarnings("NullAway") // null is what is tested
  void wrongArgumentsAreNamed() {
    byte[] ok = {1};
    rejected(
        "field must be the name of a vector field, got: null",
        () -> new IvfKnnByteVectorQuery(null, ok, 1));
    rejected(
        "field must be the name of a vector field, got: \"\"",
        () -> new IvfKnnByteVectorQuery("", ok, 1));
    rejected(
        "field=\"f\": k must be at least 1, got: 0", () -> new IvfKnnByteVectorQuery("f", ok, 0));
    rejected(
        "field=\"f\": vector must have at least 1 dimension, got: null",
        () -> new IvfKnnByteVectorQuery("f", null, 1));
    rejected(
        "field=\"f\": vector must have at least 1 dimension, got: 0",
        () -> new IvfKnnByteVectorQuery("f", new byte[0], 1));
    rejected(
        "field=\"f\": strategy must not be null, use CALIBRATED for the default",
        () -> new IvfKnnByteVectorQuery("f", ok, 1, null, null));
  }

  private static void rejected(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}

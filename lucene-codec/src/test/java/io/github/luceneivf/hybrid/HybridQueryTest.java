// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.lucene.index.MultiReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.PatienceKnnVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SeededKnnVectorQuery;
import org.apache.lucene.search.TermQuery;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Argument checks, defaults, and how a leg's query takes window and filter; no index. */
class HybridQueryTest {

  private static final Query TERM = new TermQuery(new Term("text", "a"));
  private static final Query FILTER = new TermQuery(new Term("tag", "x"));
  private static final Query OWN = new TermQuery(new Term("tag", "y"));
  private static final IvfSearchStrategy STRATEGY = IvfSearchStrategy.nprobe(5);

  private static Query both(Query first, Query second, Occur occurOfFirst) {
    return new BooleanQuery.Builder().add(first, occurOfFirst).add(second, Occur.FILTER).build();
  }

  @Test
  void windowIsSettledOnceAndTheSameForAllPages() {
    HybridLeg leg = HybridLeg.of("a", TERM);
    HybridLeg own = HybridLeg.of("b", TERM).withWindow(3);
    assertEquals(List.of(100, 3), windows(HybridQuery.of(1, leg, own)));
    assertEquals(List.of(100, 3), windows(HybridQuery.of(100, leg, own)));
    assertEquals(List.of(101, 3), windows(HybridQuery.of(101, leg, own)));
    HybridQuery query = HybridQuery.of(10, leg, own);
    assertEquals(List.of(100, 3), windows(query.withK(5_000)));
    assertEquals(List.of(100, 3), windows(query.withFrom(5_000)));
    assertEquals(List.of(100, 3), windows(query.withSearchAfter(7, 0.5f).withFilter(FILTER)));
    assertEquals(List.of(700, 700), windows(query.withWindow(700).withFrom(20)));
  }

  private static List<Integer> windows(HybridQuery query) {
    return query.legs().stream().map(leg -> leg.window().orElseThrow()).toList();
  }

  @Test
  void pageStartIsPartOfTheQuery() {
    HybridQuery query = HybridQuery.of(10, HybridLeg.of("a", TERM));
    assertEquals(PageStart.FIRST, query.start());
    assertEquals(new PageStart.From(30), query.withFrom(30).start());
    HybridHit last = new HybridHit(8, 0.25f, List.of());
    assertEquals(new PageStart.After(8, 0.25f), query.withSearchAfter(last).start());
    assertEquals(query.withSearchAfter(8, 0.25f), query.withFrom(30).withSearchAfter(last));
    assertEquals(5, query.withFrom(30).withK(5).k());
    assertEquals(new PageStart.From(30), query.withFrom(30).withK(5).start());
    assertEquals(new PageStart.From(30), query.withFrom(30).withFilter(FILTER).start());
  }

  @Test
  void weightsAreScaledToSumToOne() {
    HybridLeg a = HybridLeg.of("a", TERM);
    HybridLeg b = HybridLeg.of("b", TERM);
    assertArrayEquals(new double[] {0.5, 0.5}, HybridQuery.of(1, a, b).shares());
    assertArrayEquals(
        new double[] {0.75, 0.25}, HybridQuery.of(1, a.withWeight(6), b.withWeight(2)).shares());
    assertArrayEquals(new double[] {0, 1}, HybridQuery.of(1, a.withWeight(0), b).shares());
  }

  @Test
  void vectorLegTakesTheWindowAsKAndTheFilterBeforeTheSearch() {
    float[] vector = {1, 2};
    LegQuery leg = LegQuery.of(new KnnFloatVectorQuery("v", vector, 3, null, STRATEGY));
    assertEquals(new KnnFloatVectorQuery("v", vector, 50, null, STRATEGY), leg.build(50, null));
    assertEquals(new KnnFloatVectorQuery("v", vector, 50, FILTER, STRATEGY), leg.build(50, FILTER));
    LegQuery filtered = LegQuery.of(new KnnFloatVectorQuery("v", vector, 3, OWN));
    assertEquals(new KnnFloatVectorQuery("v", vector, 7, OWN), filtered.build(7, null));
    assertEquals(
        new KnnFloatVectorQuery("v", vector, 7, both(OWN, FILTER, Occur.FILTER)),
        filtered.build(7, FILTER));
    byte[] bytes = {1, 2};
    assertEquals(
        new KnnByteVectorQuery("v", bytes, 7, both(OWN, FILTER, Occur.FILTER)),
        LegQuery.of(new KnnByteVectorQuery("v", bytes, 3, OWN)).build(7, FILTER));
  }

  @Test
  void vectorLegOverAllSegmentsStaysOne() {
    float[] vector = {1, 2};
    LegQuery leg = LegQuery.of(new IvfKnnFloatVectorQuery("v", vector, 3, OWN, STRATEGY));
    assertEquals(new IvfKnnFloatVectorQuery("v", vector, 50, OWN, STRATEGY), leg.build(50, null));
    assertEquals(
        new IvfKnnFloatVectorQuery("v", vector, 50, both(OWN, FILTER, Occur.FILTER), STRATEGY),
        leg.build(50, FILTER));
  }

  @Test
  void otherQueriesAreFilteredByAClause() {
    assertSame(TERM, LegQuery.of(TERM).build(5, null));
    assertEquals(both(TERM, FILTER, Occur.MUST), LegQuery.of(TERM).build(5, FILTER));
  }

  @Test
  void nestedNearestNeighbourQueryRefusesAFilter() {
    KnnFloatVectorQuery knn = new KnnFloatVectorQuery("v", new float[] {1}, 3);
    String message =
        "filter must be applied before a nearest-neighbour search,"
            + " implement LegQuery for a leg with a nested one, got: ";
    LegQuery boosted = LegQuery.of(new BoostQuery(knn, 2));
    assertEquals(new BoostQuery(knn, 2), boosted.build(5, null));
    rejected(message + "KnnFloatVectorQuery", () -> boosted.build(5, FILTER));
    rejected(
        message + "KnnFloatVectorQuery",
        () -> LegQuery.of(PatienceKnnVectorQuery.fromFloatQuery(knn)).build(5, FILTER));
    rejected(
        message + "KnnFloatVectorQuery",
        () -> LegQuery.of(SeededKnnVectorQuery.fromFloatQuery(knn, OWN)).build(5, FILTER));
    rejected(
        message + "KnnByteVectorQuery",
        () ->
            LegQuery.of(both(new KnnByteVectorQuery("v", new byte[] {1}, 3), OWN, Occur.SHOULD))
                .build(5, FILTER));
    KnnFloatVectorQuery foreign = new KnnFloatVectorQuery("v", new float[] {1}, 3) {};
    assertSame(foreign, LegQuery.of(foreign).build(5, null));
    assertThrows(IllegalArgumentException.class, () -> LegQuery.of(foreign).build(5, FILTER));
  }

  @Test
  void scoresThatAreNotFiniteAreReported() {
    ScoreDoc[] hits = {new ScoreDoc(4, Float.NaN)};
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () -> LegRanking.of("a", 1, hits, new RankFusion.WeightedMinMax()));
    assertEquals("leg \"a\": score of doc 4 must be finite, got: NaN", e.getMessage());
  }

  @Test
  void everyHitGetsMoreThanWhatWasNotFound() {
    assertArrayEquals(new double[] {1, 0.5}, minMax(Float.MAX_VALUE, -Float.MAX_VALUE));
    assertArrayEquals(new double[] {1, 0.5}, minMax(Float.MIN_VALUE, 0));
    assertArrayEquals(new double[] {1, 2 / 3.0, 1 / 3.0}, minMax(-1, -2, -3));
    assertArrayEquals(new double[] {1, 0.75, 0.5, 0.25}, minMax(4, 3, 2, 1));
    assertArrayEquals(new double[] {1, 1, 1}, minMax(5, 5, 5));
    assertArrayEquals(new double[] {1}, minMax(0));
    assertArrayEquals(new double[] {1}, minMax(-7));
    assertArrayEquals(new double[] {}, minMax());
    double[] outlier = minMax(1e30f, 2, 1, 0);
    assertEquals(1 / 4.0, outlier[3], 1e-12);
    assertArrayEquals(
        new double[] {1.0 / 61, 1.0 / 62},
        normalized(new RankFusion.ReciprocalRank(), new float[] {0, -3}));
  }

  private static double[] minMax(float... scores) {
    return normalized(new RankFusion.WeightedMinMax(), scores);
  }

  private static double[] normalized(RankFusion fusion, float[] scores) {
    ScoreDoc[] hits = new ScoreDoc[scores.length];
    for (int i = 0; i < hits.length; i++) {
      hits[i] = new ScoreDoc(i, scores[i]);
    }
    return LegRanking.of("a", 1, hits, fusion).normalized();
  }

  @Test
  @SuppressWarnings("NullAway") // null is what is tested
  void wrongArgumentsAreNamed() {
    LegQuery term = LegQuery.of(TERM);
    HybridLeg leg = HybridLeg.of("a", TERM);
    rejected("name of a leg must not be blank, got:  ", () -> HybridLeg.of(" ", TERM));
    rejected("name of a leg must not be blank, got: null", () -> HybridLeg.of(null, TERM));
    rejected("query must not be null", () -> HybridLeg.of("a", (Query) null));
    rejected("leg \"a\": query must not be null", () -> HybridLeg.of("a", (LegQuery) null));
    rejected(
        "leg \"a\": weight must be finite and at least 0, got: -1.0", () -> leg.withWeight(-1));
    rejected(
        "leg \"a\": weight must be finite and at least 0, got: NaN",
        () -> leg.withWeight(Double.NaN));
    rejected(
        "leg \"a\": window must be at least 1, got: 0",
        () -> new HybridLeg("a", term, 1, OptionalInt.of(0)));
    rejected(
        "legs must be at least 1, got: 0", () -> new HybridQuery(List.of(), Optional.empty(), 1));
    rejected("names of legs must be distinct, got twice: \"a\"", () -> HybridQuery.of(1, leg, leg));
    rejected(
        "weights must sum to more than 0 and be finite, got: 0.0",
        () -> HybridQuery.of(1, leg.withWeight(0)));
    rejected("k must be at least 1, got: 0", () -> HybridQuery.of(0, leg));
    rejected("rankConstant must be at least 1, got: 0", () -> new RankFusion.ReciprocalRank(0));
    rejected("searcher must not be null", () -> new HybridSearcher(null));
    HybridQuery query = HybridQuery.of(1, leg);
    rejected("from must be at least 0, got: -1", () -> query.withFrom(-1));
    rejected("doc of searchAfter must be at least 0, got: -2", () -> query.withSearchAfter(-2, 1));
    rejected(
        "score of searchAfter must be finite, got: NaN", () -> query.withSearchAfter(2, Float.NaN));
    rejected(
        "score of searchAfter must be finite, got: -Infinity",
        () -> query.withSearchAfter(2, Float.NEGATIVE_INFINITY));
    rejected("k must be at least 1, got: -1", () -> query.withK(-1));
    rejected("leg \"a\": window must be at least 1, got: 0", () -> query.withWindow(0));
  }

  @Test
  @SuppressWarnings("NullAway") // null is what is tested
  void nullIsNamed() throws IOException {
    HybridLeg leg = HybridLeg.of("a", TERM);
    HybridQuery query = HybridQuery.of(1, leg);
    List<HybridLeg> legs = List.of(leg);
    rejected("filter must not be null", () -> query.withFilter(null));
    rejected("filter must not be null", () -> new HybridQuery(legs, null, 1));
    rejected("legs must not be null", () -> new HybridQuery(null, Optional.empty(), 1));
    rejected("legs must not be null", () -> HybridQuery.of(1, (HybridLeg[]) null));
    rejected("leg 1 must not be null", () -> HybridQuery.of(1, leg, null));
    rejected("start must not be null", () -> new HybridQuery(legs, Optional.empty(), 1, null));
    rejected("searchAfter must not be null", () -> query.withSearchAfter(null));
    rejected("query must not be null", () -> HybridQuery.of(1, null, TERM));
    rejected("query must not be null", () -> HybridQuery.of(1, TERM, null));
    rejected(
        "leg \"a\": window must not be null", () -> new HybridLeg("a", LegQuery.of(TERM), 1, null));
    try (MultiReader empty = new MultiReader()) {
      HybridSearcher searcher = new HybridSearcher(new IndexSearcher(empty));
      rejected("query must not be null", () -> searcher.search(null));
      rejected("fusion must not be null", () -> searcher.search(query, null));
      HybridQuery none = HybridQuery.of(1, HybridLeg.of("b", (window, filter) -> null));
      IllegalStateException e =
          assertThrows(IllegalStateException.class, () -> searcher.search(none));
      assertEquals("leg \"b\": built query must not be null", e.getMessage());
    }
  }

  private static void rejected(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}

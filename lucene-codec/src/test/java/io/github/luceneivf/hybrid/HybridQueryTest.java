// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
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
  void windowIsTenTimesKButAtLeastAHundred() {
    HybridLeg leg = HybridLeg.of("a", TERM);
    assertEquals(100, leg.windowFor(1));
    assertEquals(100, leg.windowFor(10));
    assertEquals(110, leg.windowFor(11));
    assertEquals(Integer.MAX_VALUE, leg.windowFor(Integer.MAX_VALUE));
    assertEquals(3, leg.withWindow(3).windowFor(50));
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
  void minMaxOfHugeScoresDoesNotOverflow() {
    ScoreDoc[] hits = {new ScoreDoc(0, Float.MAX_VALUE), new ScoreDoc(1, -Float.MAX_VALUE)};
    assertArrayEquals(
        new double[] {1, 0},
        LegRanking.of("a", 1, hits, new RankFusion.WeightedMinMax()).normalized());
  }

  @Test
  @SuppressWarnings("NullAway") // null is what is tested
  void wrongArgumentsAreNamed() {
    LegQuery term = LegQuery.of(TERM);
    HybridLeg leg = HybridLeg.of("a", TERM);
    rejected("name of a leg must not be blank, got:  ", () -> HybridLeg.of(" ", TERM));
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
  }

  private static void rejected(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.TotalHits;
import org.apache.lucene.search.TotalHits.Relation;

/** Pages of one query make one ranking: every hit once. */
public class TestHybridPaging extends HybridTestCase {

  private static RankFusion fusion(int round) {
    return round % 2 == 0 ? new RankFusion.WeightedMinMax() : new RankFusion.ReciprocalRank();
  }

  private static HybridQuery randomQuery(int k) {
    HybridLeg keyword = HybridLeg.of("keyword", keywords()).withWeight(1 + random().nextInt(3));
    HybridLeg vector = HybridLeg.of("vector", nearest(vector())).withWeight(random().nextInt(3));
    return random().nextBoolean()
        ? HybridQuery.of(k, keyword, vector)
        : HybridQuery.of(
            k,
            keyword.withWindow(1 + random().nextInt(DOCS)),
            vector.withWindow(1 + random().nextInt(DOCS)));
  }

  private HybridHits search(HybridQuery query, RankFusion fusion) throws IOException {
    return new HybridSearcher(searcher()).search(query, fusion);
  }

  public void testPagesByNumberAndByLastHitMakeTheWholeRanking() throws IOException {
    for (int round = 0; round < 60; round++) {
      int k = 1 + random().nextInt(25);
      HybridQuery query = randomQuery(k);
      HybridHits whole = search(query.withK(2 * DOCS), fusion(round));
      List<HybridHit> byNumber = new ArrayList<>();
      List<HybridHit> byLast = new ArrayList<>();
      HybridQuery next = query;
      for (int from = 0; from <= whole.hits().size(); from += k) {
        HybridHits page = search(query.withFrom(from), fusion(round));
        assertEquals("total of every page", whole.total(), page.total());
        assertEquals(whole.legs(), page.legs());
        byNumber.addAll(page.hits());
        HybridHits after = search(next, fusion(round));
        assertEquals(whole.total(), after.total());
        byLast.addAll(after.hits());
        next = after.hits().isEmpty() ? next : query.withSearchAfter(after.hits().getLast());
      }
      assertEquals(whole.hits(), byNumber);
      assertEquals(whole.hits(), byLast);
      assertEquals(whole.total().value(), whole.hits().size());
      Set<Integer> docs = new HashSet<>();
      whole.hits().forEach(hit -> docs.add(hit.doc()));
      assertEquals("every hit once", whole.hits().size(), docs.size());
    }
  }

  public void testPagesMayDifferInSize() throws IOException {
    for (int round = 0; round < 30; round++) {
      HybridQuery query = randomQuery(5);
      HybridHits whole = search(query.withK(DOCS), fusion(round));
      List<HybridHit> paged = new ArrayList<>();
      HybridHits page;
      do {
        HybridQuery next = query.withK(1 + random().nextInt(70)).withFrom(paged.size());
        page = search(next, fusion(round));
        paged.addAll(page.hits());
      } while (!page.hits().isEmpty());
      assertEquals(whole.hits(), paged);
    }
  }

  public void testLargerPageBeginsWithTheSmallerOne() throws IOException {
    for (int round = 0; round < 30; round++) {
      HybridLeg keyword = HybridLeg.of("keyword", keywords());
      HybridLeg vector = HybridLeg.of("vector", nearest(vector()));
      HybridHits largest = search(HybridQuery.of(50, keyword, vector), fusion(round));
      for (int k = 10; k < 50; k += 10) {
        HybridHits hits = search(HybridQuery.of(k, keyword, vector), fusion(round));
        int size = Math.min(k, largest.hits().size());
        assertEquals(largest.hits().subList(0, size), hits.hits());
        assertEquals(largest.total(), hits.total());
      }
    }
  }

  public void testHitsOfEqualScoreAreShownOnce() throws IOException {
    HybridQuery query =
        HybridQuery.of(
                7,
                HybridLeg.of("a", MatchAllDocsQuery.INSTANCE),
                HybridLeg.of("b", MatchAllDocsQuery.INSTANCE))
            .withWindow(40);
    List<Integer> docs = new ArrayList<>();
    HybridHits page = search(query, new RankFusion.WeightedMinMax());
    while (!page.hits().isEmpty()) {
      page.hits().forEach(hit -> docs.add(hit.doc()));
      page = search(query.withSearchAfter(page.hits().getLast()), new RankFusion.WeightedMinMax());
    }
    for (int doc = 0; doc < 40; doc++) {
      assertEquals(doc, (int) docs.get(doc));
    }
    assertEquals(40, docs.size());
  }

  public void testBeyondTheEndPagesAreEmptyAndTotalsHold() throws IOException {
    float[] three = {3, 2, 1};
    HybridQuery query = HybridQuery.of(10, fixed(three), term("no such word"));
    TotalHits all = new TotalHits(3, Relation.EQUAL_TO);
    for (int from : new int[] {3, 4, 1_000, Integer.MAX_VALUE}) {
      HybridHits hits = search(query.withFrom(from), fusion(from));
      assertEquals(List.of(), hits.hits());
      assertEquals(all, hits.total());
    }
    HybridHits last = search(query.withK(Integer.MAX_VALUE).withFrom(2), fusion(0));
    assertEquals(1, last.hits().size());
    assertEquals(List.of(), search(query.withSearchAfter(last.hits().get(0)), fusion(0)).hits());
  }

  public void testTotalIsExactOnlyWhereNoLegWithWeightFilledItsWindow() throws IOException {
    float[] four = {4, 3, 2, 1};
    HybridLeg keyword = HybridLeg.of("keyword", fixed(four));
    HybridLeg vector = HybridLeg.of("vector", nearest(vector()));
    assertEquals(4, total(Relation.EQUAL_TO, keyword.withWindow(5)));
    assertEquals(2, total(Relation.GREATER_THAN_OR_EQUAL_TO, keyword.withWindow(2)));
    assertEquals(10, total(Relation.GREATER_THAN_OR_EQUAL_TO, vector.withWindow(10)));
    assertEquals(vectors.size(), total(Relation.EQUAL_TO, vector.withWindow(DOCS)));
    assertEquals(vectors.size(), total(Relation.EQUAL_TO, vector.withWindow(Integer.MAX_VALUE)));
    assertEquals(4, total(Relation.EQUAL_TO, keyword, vector.withWindow(10).withWeight(0)));
    HybridLeg everything = HybridLeg.of("all", MatchAllDocsQuery.INSTANCE);
    assertEquals(DOCS, total(Relation.EQUAL_TO, keyword, everything.withWindow(DOCS)));
    assertEquals(
        DOCS - 1, total(Relation.GREATER_THAN_OR_EQUAL_TO, everything.withWindow(DOCS - 1)));
  }

  private long total(Relation expected, HybridLeg... legs) throws IOException {
    TotalHits total = search(HybridQuery.of(1, legs), fusion(legs.length)).total();
    assertEquals(expected, total.relation());
    return total.value();
  }

  public void testSearchAfterAHitOfAnotherRankingIsRefused() throws IOException {
    float[] three = {3, 2, 1};
    HybridQuery query = HybridQuery.of(2, fixed(three), term("no such word"));
    HybridHit last = search(query, fusion(0)).hits().getLast();
    assertEquals(2, search(query.withSearchAfter(0, 0.5f), fusion(0)).hits().size());
    String start = "searchAfter must be a hit of the same query, fusion and reader, got: doc ";
    refused(
        start + "1 with score 0.33333334, but its score here is 0.008064516",
        query.withSearchAfter(last),
        fusion(1));
    refused(
        start + "0 with score 0.75, but its score here is 0.5",
        query.withSearchAfter(0, 0.75f),
        fusion(0));
    refused(
        start + "7 with score 0.5, but there is no such hit",
        query.withSearchAfter(7, 0.5f),
        fusion(0));
    refused(
        "doc of searchAfter must be less than the reader's maxDoc 300, got: 300",
        query.withSearchAfter(300, 0.5f),
        fusion(0));
  }

  private void refused(String message, HybridQuery query, RankFusion fusion) {
    Exception e = assertThrows(IllegalArgumentException.class, () -> search(query, fusion));
    assertEquals(message, e.getMessage());
  }
}

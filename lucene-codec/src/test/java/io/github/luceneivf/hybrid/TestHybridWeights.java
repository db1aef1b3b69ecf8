// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.TotalHits;

/** What weights do: nothing if they are 0, and a rank is always worth something if they are not. */
public class TestHybridWeights extends HybridTestCase {

  private static final List<RankFusion> FUSIONS =
      List.of(new RankFusion.WeightedMinMax(), new RankFusion.ReciprocalRank());

  private static List<Integer> docs(HybridHits hits) {
    return hits.hits().stream().map(HybridHit::doc).toList();
  }

  private HybridHits search(HybridQuery query, RankFusion fusion) throws IOException {
    return new HybridSearcher(new IndexSearcher(reader)).search(query, fusion);
  }

  public void testFiveKeywordHitsAreNotLostToStrangersOfAWeightlessLeg() throws IOException {
    float[] five = new float[DOCS];
    for (int i = 0; i < 5; i++) {
      five[200 + 7 * i] = 5 - i;
    }
    HybridQuery query =
        HybridQuery.of(
            10,
            HybridLeg.of("keyword", fixed(five)),
            HybridLeg.of("vector", nearest(vector())).withWeight(0));
    for (RankFusion fusion : FUSIONS) {
      HybridHits hits = search(query, fusion);
      assertEquals(List.of(200, 207, 214, 221, 228), docs(hits));
      assertEquals(new TotalHits(5, TotalHits.Relation.EQUAL_TO), hits.total());
      assertTrue(hits.hits().getLast().score() > 0);
      assertEquals("the leg is reported", 100, hits.legs().get(1).hits());
    }
  }

  public void testWeightlessLegChangesNothingButTheReport() throws IOException {
    for (int round = 0; round < 100; round++) {
      int k = 1 + random().nextInt(40);
      List<HybridLeg> legs = new ArrayList<>();
      legs.add(HybridLeg.of("keyword", keywords()).withWeight(1 + random().nextInt(4)));
      legs.add(HybridLeg.of("vector", nearest(vector())).withWindow(1 + random().nextInt(60)));
      RankFusion fusion = FUSIONS.get(round % 2);
      HybridHits without = search(HybridQuery.of(k, legs.toArray(HybridLeg[]::new)), fusion);
      int at = random().nextInt(3);
      legs.add(
          at,
          (random().nextBoolean()
                  ? HybridLeg.of("none", nearest(vector()))
                  : HybridLeg.of("none", MatchAllDocsQuery.INSTANCE))
              .withWeight(0));
      HybridHits with = search(HybridQuery.of(k, legs.toArray(HybridLeg[]::new)), fusion);
      assertEquals(without.total(), with.total());
      assertEquals(without.hits().size(), with.hits().size());
      for (int i = 0; i < with.hits().size(); i++) {
        HybridHit hit = with.hits().get(i);
        assertEquals(without.hits().get(i).doc(), hit.doc());
        assertEquals(without.hits().get(i).score(), hit.score(), 0);
        assertEquals("none", hit.legs().get(at).leg());
        assertEquals(0, hit.legs().get(at).contribution(), 0);
      }
    }
  }

  public void testLastHitOfALegComesBeforeWhatTheLegDidNotFind() throws IOException {
    // The legs find 1 and 0, 2; the last hit of the heavier leg must not sink to a stranger's 0.
    float[] heavy = new float[DOCS];
    heavy[290] = 9;
    heavy[299] = 2;
    float[] light = new float[DOCS];
    light[290] = 3;
    light[5] = 1;
    HybridQuery query =
        HybridQuery.of(
            9,
            HybridLeg.of("heavy", fixed(heavy)).withWeight(3),
            HybridLeg.of("light", fixed(light)));
    for (RankFusion fusion : FUSIONS) {
      assertEquals(List.of(290, 299, 5), docs(search(query, fusion)));
    }
  }

  public void testLegsOfOneHitOfEqualScoresAndOfNone() throws IOException {
    float[] one = new float[DOCS];
    one[280] = 1;
    HybridLeg single = HybridLeg.of("one", fixed(one));
    HybridLeg equal = HybridLeg.of("equal", MatchAllDocsQuery.INSTANCE).withWindow(3);
    HybridLeg none = HybridLeg.of("none", term("no such word"));
    for (RankFusion fusion : FUSIONS) {
      HybridHits hits = search(HybridQuery.of(10, none, single, equal), fusion);
      List<Integer> expected =
          fusion instanceof RankFusion.WeightedMinMax
              ? List.of(0, 1, 2, 280) // all of them are best in their only leg
              : List.of(0, 280, 1, 2);
      assertEquals(expected, docs(hits));
      assertTrue(hits.hits().getLast().score() > 0);
      HybridQuery onlyNone = HybridQuery.of(10, none, single.withWeight(0), equal.withWeight(0));
      HybridHits empty = search(onlyNone, fusion);
      assertEquals(List.of(), empty.hits());
      assertEquals(new TotalHits(0, TotalHits.Relation.EQUAL_TO), empty.total());
    }
  }

  public void testWhereSumsAreEqualMoreRanksWin() throws IOException {
    float[] both = new float[DOCS];
    both[3] = 1;
    both[4] = 1;
    float[] second = new float[DOCS];
    second[4] = 1;
    // 1e-300 of a share is lost in any sum, but not the rank.
    HybridQuery query =
        HybridQuery.of(
            5, HybridLeg.of("a", fixed(both)), HybridLeg.of("b", fixed(second)).withWeight(1e-300));
    assertEquals(List.of(4, 3), docs(search(query, new RankFusion.WeightedMinMax())));
  }

  public void testWeightThatVanishesBesideTheOthersIsNone() throws IOException {
    HybridQuery query =
        HybridQuery.of(
            5,
            HybridLeg.of("a", term("no such word")).withWeight(1e300),
            HybridLeg.of("b", MatchAllDocsQuery.INSTANCE).withWeight(Double.MIN_VALUE));
    for (RankFusion fusion : FUSIONS) {
      assertEquals(List.of(), search(query, fusion).hits());
    }
  }

  public void testOrderByRankSurvivesTheLargestConstantAndTheSmallestWeight() throws IOException {
    float[] descending = new float[DOCS];
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      descending[20 - i] = 100 - i;
      expected.add(20 - i);
    }
    HybridQuery query =
        HybridQuery.of(
            20,
            HybridLeg.of("a", fixed(descending)).withWeight(1e-60),
            HybridLeg.of("b", term("no such word")));
    for (int constant : new int[] {1, 60, Integer.MAX_VALUE}) {
      assertEquals(expected, docs(search(query, new RankFusion.ReciprocalRank(constant))));
    }
    assertEquals(expected, docs(search(query, new RankFusion.WeightedMinMax())));
  }

  public void testOrderOfLegsDoesNotMatter() throws IOException {
    for (int round = 0; round < 50; round++) {
      List<HybridLeg> legs = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        legs.add(
            HybridLeg.of("leg " + i, i % 2 == 0 ? keywords() : nearest(vector()))
                .withWindow(1 + random().nextInt(50))
                .withWeight(random().nextInt(3) + (i == 0 ? 1 : 0)));
      }
      RankFusion fusion = FUSIONS.get(round % 2);
      HybridHits first = search(HybridQuery.of(DOCS, legs.toArray(HybridLeg[]::new)), fusion);
      Collections.shuffle(legs, random());
      HybridHits second = search(HybridQuery.of(DOCS, legs.toArray(HybridLeg[]::new)), fusion);
      assertEquals(docs(first), docs(second));
      assertEquals(first.total(), second.total());
    }
  }

  public void testEveryRankIsWorthSomething() throws IOException {
    HybridQuery query = HybridQuery.of(DOCS, keywords(), nearest(vector()));
    for (RankFusion fusion : FUSIONS) {
      for (HybridHit hit : search(query, fusion).hits()) {
        for (LegScore leg : hit.legs()) {
          assertEquals(leg.rank().equals(OptionalInt.empty()), leg.normalizedScore() == 0);
          assertEquals(leg.rank().equals(OptionalInt.empty()), leg.contribution() == 0);
        }
      }
    }
  }
}

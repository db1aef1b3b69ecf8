// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntPredicate;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.store.Directory;

/** The searcher against {@link NaiveFusion}, and the corners one by one. */
public class TestHybridSearcher extends HybridTestCase {

  public void testTwoHundredRandomQueriesAgreeWithTheNaiveFusion() throws IOException {
    for (int round = 0; round < 200; round++) {
      Query keyword = keywords();
      float[] target = vector();
      double[] weights = {random().nextInt(5), 1 + random().nextInt(5)};
      int[] windows = {1 + random().nextInt(60), 1 + random().nextInt(60)};
      int k = 1 + random().nextInt(40);
      int upper = random().nextBoolean() ? DOCS : random().nextInt(DOCS);
      HybridQuery query =
          HybridQuery.of(
              k,
              HybridLeg.of("keyword", keyword).withWeight(weights[0]).withWindow(windows[0]),
              HybridLeg.of("vector", nearest(target))
                  .withWeight(weights[1])
                  .withWindow(windows[1]));
      if (upper < DOCS) {
        query = query.withFilter(IntPoint.newRangeQuery("number", 0, upper));
      }
      RankFusion fusion =
          random().nextBoolean()
              ? new RankFusion.ReciprocalRank(1 + random().nextInt(90))
              : new RankFusion.WeightedMinMax();
      List<NaiveFusion.Leg> legs =
          List.of(
              new NaiveFusion.Leg(keywordScores(keyword), weights[0], windows[0]),
              new NaiveFusion.Leg(vectorScores(target), weights[1], windows[1]));
      HybridHits hits = new HybridSearcher(searcher()).search(query, fusion);
      assertSame(NaiveFusion.fuse(legs, doc -> doc <= upper, fusion), hits, k);
      checkFigures(hits, legs, doc -> doc <= upper);
    }
  }

  /** The same documents, each with its score; order by score, the same contributions by number. */
  private static void assertSame(List<NaiveFusion.Scored> naive, HybridHits hits, int k) {
    assertEquals(naive.size(), hits.total().value());
    assertEquals(Math.min(k, naive.size()), hits.hits().size());
    Map<Integer, Double> scores = new HashMap<>();
    naive.forEach(scored -> scores.put(scored.doc(), scored.score()));
    List<Double> best =
        scores.values().stream().sorted(Comparator.reverseOrder()).limit(k).toList();
    for (int i = 0; i < hits.hits().size(); i++) {
      HybridHit hit = hits.hits().get(i);
      assertEquals(scores.getOrDefault(hit.doc(), Double.NaN), hit.score(), 1e-6);
      assertEquals(best.get(i), hit.score(), 1e-6);
      if (i > 0) {
        HybridHit before = hits.hits().get(i - 1);
        assertTrue(before.score() >= hit.score());
        assertTrue(!contributions(before).equals(contributions(hit)) || before.doc() < hit.doc());
      }
    }
  }

  private static List<Double> contributions(HybridHit hit) {
    return hit.legs().stream().map(LegScore::contribution).sorted().toList();
  }

  private static void checkFigures(
      HybridHits hits, List<NaiveFusion.Leg> legs, IntPredicate filter) {
    List<List<Integer>> rankings = legs.stream().map(leg -> leg.ranking(filter)).toList();
    for (HybridHit hit : hits.hits()) {
      double sum = 0;
      for (int leg = 0; leg < legs.size(); leg++) {
        LegScore score = hit.legs().get(leg);
        int place = rankings.get(leg).indexOf(hit.doc());
        assertEquals(leg == 0 ? "keyword" : "vector", score.leg());
        assertEquals(place < 0 ? OptionalInt.empty() : OptionalInt.of(place + 1), score.rank());
        assertEquals(place < 0 ? 0 : legs.get(leg).score(hit.doc()), score.rawScore(), 1e-6);
        assertTrue(place < 0 || score.normalizedScore() > 0);
        assertTrue(score.normalizedScore() >= 0 && score.normalizedScore() <= 1);
        sum += score.contribution();
      }
      assertEquals(hit.score(), sum, 1e-6);
      assertTrue(filter.test(hit.doc()));
    }
    for (int leg = 0; leg < legs.size(); leg++) {
      LegTotal total = hits.legs().get(leg);
      assertEquals(rankings.get(leg).size(), total.hits());
      assertEquals(legs.get(leg).window(), total.window());
    }
  }

  public void testFiguresOfAHandMadeAnswer() throws IOException {
    float[] scoresA = {8, 4, 4, 0, 2};
    float[] scoresB = {0, 1, 0.5f, 3, 0};
    HybridQuery query =
        HybridQuery.of(
            3, HybridLeg.of("a", fixed(scoresA)).withWeight(3), HybridLeg.of("b", fixed(scoresB)));
    HybridHits minMax = new HybridSearcher(searcher()).search(query);
    assertEquals(5, minMax.total().value());
    // a: (8, 4, 4, 2), gap 2 -> 1, 1/2, 1/2, 1/4; b: (3, 1, .5), gap 1.25 -> 1, 7/15, 1/3.
    assertEquals(List.of(0, 1, 2), minMax.hits().stream().map(HybridHit::doc).toList());
    HybridHit second = minMax.hits().get(1);
    assertEquals(0.75 / 2 + 0.25 * 7 / 15, second.score(), 1e-6);
    assertEquals(
        List.of(
            new LegScore("a", OptionalInt.of(2), 4, 0.5, 0.75 * 0.5),
            new LegScore("b", OptionalInt.of(2), 1, 1.75 / 3.75, 0.25 * (1.75 / 3.75))),
        second.legs());
    assertEquals(LegScore.absent("b"), minMax.hits().get(0).legs().get(1));

    HybridHits rrf = new HybridSearcher(searcher()).search(query, new RankFusion.ReciprocalRank());
    // a ranks 0, 1, 2, 4; b ranks 3, 1, 2.
    assertEquals(List.of(1, 2, 0), rrf.hits().stream().map(HybridHit::doc).toList());
    assertEquals(0.75 / 62 + 0.25 / 62, rrf.hits().get(0).score(), 1e-9);
    assertEquals(0.75 / 61, rrf.hits().get(2).score(), 1e-9);
  }

  public void testFilterReachesTheVectorLegBeforeItsRankingIsCut() throws IOException {
    float[] target = new float[DIM];
    Query filter = IntPoint.newRangeQuery("number", 250, 299);
    HybridQuery query =
        HybridQuery.of(
                20,
                HybridLeg.of("keyword", term("no such word")),
                HybridLeg.of("vector", nearest(target)).withWindow(20))
            .withFilter(filter);
    HybridHits hits = new HybridSearcher(searcher()).search(query);
    assertEquals("a filter afterwards would leave fewer", 20, hits.hits().size());
    hits.hits().forEach(hit -> assertTrue(hit.doc() >= 250));
  }

  public void testEmptyLegsAndIndexes() throws IOException {
    HybridQuery oneEmpty = HybridQuery.of(10, term("no such word"), nearest(vector()));
    HybridHits hits = new HybridSearcher(searcher()).search(oneEmpty);
    assertEquals(10, hits.hits().size());
    assertEquals(0, hits.legs().get(0).hits());
    assertEquals(0, hits.legs().get(0).totalHits().value());
    assertEquals("best of the only leg with hits", 0.5f, hits.hits().get(0).score(), 0);
    HybridQuery bothEmpty =
        HybridQuery.of(
            10, term("none"), new KnnFloatVectorQuery("no such field", new float[] {1}, 1));
    assertEquals(List.of(), new HybridSearcher(searcher()).search(bothEmpty).hits());
    try (Directory empty = newDirectory()) {
      new IndexWriter(empty, new IndexWriterConfig()).close();
      try (IndexReader noDocs = DirectoryReader.open(empty)) {
        HybridHits none = new HybridSearcher(new IndexSearcher(noDocs)).search(oneEmpty);
        assertEquals(List.of(), none.hits());
        assertEquals(0, none.total().value());
      }
    }
  }

  public void testEqualScoresAreOrderedByDocument() throws IOException {
    HybridQuery query =
        HybridQuery.of(
            7,
            HybridLeg.of("a", MatchAllDocsQuery.INSTANCE),
            HybridLeg.of("b", MatchAllDocsQuery.INSTANCE).withWindow(3));
    HybridHits hits = new HybridSearcher(searcher()).search(query);
    assertEquals(List.of(0, 1, 2, 3, 4, 5, 6), hits.hits().stream().map(HybridHit::doc).toList());
    assertEquals("a leg of equal scores gives 1", 1f, hits.hits().get(0).score(), 0);
    assertEquals(0.5f, hits.hits().get(3).score(), 0);
    for (int round = 0; round < 5; round++) {
      HybridHits again = new HybridSearcher(searcher()).search(query);
      assertEquals(hits.hits(), again.hits());
    }
  }

  public void testWindowOfOneAndWindowBeyondTheIndex() throws IOException {
    float[] target = vector();
    for (int window : new int[] {1, DOCS, Integer.MAX_VALUE}) {
      HybridQuery query =
          HybridQuery.of(
              DOCS * 2,
              HybridLeg.of("keyword", MatchAllDocsQuery.INSTANCE).withWindow(window),
              HybridLeg.of("vector", nearest(target)).withWindow(window));
      HybridHits hits = new HybridSearcher(searcher()).search(query);
      assertEquals(Math.min(window, DOCS), hits.legs().get(0).hits());
      assertEquals(Math.min(window, vectors.size()), hits.legs().get(1).hits());
      Set<Integer> docs = new HashSet<>();
      hits.hits().forEach(hit -> docs.add(hit.doc()));
      assertEquals(hits.total().value(), docs.size());
    }
  }

  public void testFailingLegFailsTheSearch() {
    List<Throwable> failures =
        List.of(new IOException("disk"), new IllegalStateException("broken"));
    for (Throwable failure : failures) {
      HybridQuery query =
          HybridQuery.of(5, HybridLeg.of("a", term("ant")), HybridLeg.of("b", failing(failure)));
      Throwable thrown =
          assertThrows(failure.getClass(), () -> new HybridSearcher(searcher()).search(query));
      assertEquals(failure.getMessage(), thrown.getMessage());
    }
  }

  public void testTimeoutFailsTheSearchInsteadOfShorteningTheAnswer() {
    IndexSearcher searcher = new IndexSearcher(reader);
    searcher.setTimeout(() -> true);
    HybridQuery query = HybridQuery.of(5, nearest(vector()), term("ant"));
    IOException e =
        assertThrows(IOException.class, () -> new HybridSearcher(searcher).search(query));
    assertEquals("leg \"keyword\" was cut off by the searcher's timeout", e.getMessage());
  }

  public void testLegOfTheCallersOwnSeesWindowAndFilter() throws IOException {
    List<String> built = new ArrayList<>();
    LegQuery own =
        (window, filter) -> {
          built.add(window + " " + filter);
          return term("ant");
        };
    HybridQuery query = HybridQuery.of(2, HybridLeg.of("own", own).withWindow(9));
    new HybridSearcher(searcher()).search(query);
    new HybridSearcher(searcher()).search(query.withFilter(term("bee")));
    assertEquals(List.of("9 null", "9 text:bee"), built);
  }
}

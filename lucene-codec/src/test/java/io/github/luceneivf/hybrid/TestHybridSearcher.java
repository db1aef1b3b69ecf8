// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntPredicate;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.analysis.MockAnalyzer;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** The searcher against {@link NaiveFusion}, and the corners one by one. */
public class TestHybridSearcher extends LuceneTestCase {

  private static final int DOCS = 300;
  private static final int DIM = 6;
  private static final String[] WORDS = {"ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen"};
  private static final VectorSimilarityFunction L2 = VectorSimilarityFunction.EUCLIDEAN;

  private Directory dir;
  private IndexReader reader;
  private ExecutorService executor;
  private final Map<Integer, float[]> vectors = new HashMap<>();

  /** A codec whose vector search is exact, so that the naive answer is the only right one. */
  protected Codec codec() {
    return TestUtil.alwaysKnnVectorsFormat(new Lucene99HnswVectorsFormat(16, 100, 1 << 30));
  }

  @Override
  public void setUp() throws Exception {
    super.setUp();
    executor = Executors.newFixedThreadPool(2);
    dir = newDirectory();
    IndexWriterConfig config = new IndexWriterConfig(new MockAnalyzer(random()));
    config.setCodec(codec()).setMergePolicy(NoMergePolicy.INSTANCE);
    try (IndexWriter writer = new IndexWriter(dir, config)) {
      for (int doc = 0; doc < DOCS; doc++) {
        writer.addDocument(document(doc));
        if (doc % 110 == 50) {
          writer.flush();
        }
      }
    }
    reader = DirectoryReader.open(dir);
    assertEquals(4, reader.leaves().size());
  }

  @Override
  public void tearDown() throws Exception {
    reader.close();
    dir.close();
    TestUtil.shutdownExecutorService(executor);
    super.tearDown();
  }

  private Document document(int doc) {
    Document document = new Document();
    StringBuilder text = new StringBuilder();
    for (int i = random().nextInt(6); i >= 0; i--) {
      text.append(WORDS[random().nextInt(WORDS.length)]).append(' ');
    }
    document.add(new TextField("text", text.toString(), Field.Store.NO));
    document.add(new IntPoint("number", doc));
    if (random().nextInt(8) != 0) {
      float[] vector = vector();
      vectors.put(doc, vector);
      document.add(new KnnFloatVectorField("vector", vector, L2));
    }
    return document;
  }

  /** Small whole numbers, so that equal scores are frequent. */
  private static float[] vector() {
    float[] vector = new float[DIM];
    for (int i = 0; i < DIM; i++) {
      vector[i] = random().nextInt(3);
    }
    return vector;
  }

  private static Query keywords() {
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    for (int i = random().nextInt(3); i >= 0; i--) {
      query.add(term(WORDS[random().nextInt(WORDS.length)]), Occur.SHOULD);
    }
    return query.build();
  }

  private static Query term(String word) {
    return new TermQuery(new Term("text", word));
  }

  private static Query nearest(float[] target) {
    IvfSearchStrategy all = IvfSearchStrategy.nprobe(9);
    return random().nextBoolean()
        ? new IvfKnnFloatVectorQuery("vector", target, 1, null, all)
        : new KnnFloatVectorQuery("vector", target, 1, null, all);
  }

  private IndexSearcher searcher() {
    return new IndexSearcher(reader, random().nextBoolean() ? executor : null);
  }

  private Map<Integer, Float> keywordScores(Query query) throws IOException {
    Map<Integer, Float> scores = new HashMap<>();
    for (ScoreDoc hit : new IndexSearcher(reader).search(query, DOCS).scoreDocs) {
      scores.put(hit.doc, hit.score);
    }
    return scores;
  }

  private Map<Integer, Float> vectorScores(float[] target) {
    Map<Integer, Float> scores = new HashMap<>();
    vectors.forEach((doc, vector) -> scores.put(doc, L2.compare(target, vector)));
    return scores;
  }

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

  /** The same documents, each with its score; order by score, then by number. */
  private static void assertSame(List<NaiveFusion.Scored> naive, HybridHits hits, int k) {
    assertEquals(naive.size(), hits.fused());
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
        assertTrue(before.score() > hit.score() || before.doc() < hit.doc());
      }
    }
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
    assertEquals(5, minMax.fused());
    // a: (8, 4, 4, 2) -> 1, 1/3, 1/3, 0; b: (3, 1, .5) -> 1, .2, 0.
    assertEquals(List.of(0, 1, 2), minMax.hits().stream().map(HybridHit::doc).toList());
    HybridHit second = minMax.hits().get(1);
    assertEquals(0.75 / 3 + 0.25 * 0.2, second.score(), 1e-6);
    assertEquals(
        List.of(
            new LegScore("a", OptionalInt.of(2), 4, 1 / 3.0, 0.75 * (1 / 3.0)),
            new LegScore("b", OptionalInt.of(2), 1, 0.5 / 2.5, 0.25 * (0.5 / 2.5))),
        second.legs());
    assertEquals(LegScore.absent("b"), minMax.hits().get(0).legs().get(1));

    HybridHits rrf = new HybridSearcher(searcher()).search(query, new RankFusion.ReciprocalRank());
    // a ranks 0, 1, 2, 4; b ranks 3, 1, 2.
    assertEquals(List.of(1, 2, 0), rrf.hits().stream().map(HybridHit::doc).toList());
    assertEquals(0.75 / 62 + 0.25 / 62, rrf.hits().get(0).score(), 1e-9);
    assertEquals(0.75 / 61, rrf.hits().get(2).score(), 1e-9);
  }

  /** Gives document {@code i} the score {@code scores[i]}; 0 means no match. */
  private static Query fixed(float[] scores) {
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    for (int doc = 0; doc < scores.length; doc++) {
      if (scores[doc] > 0) {
        Query number = new ConstantScoreQuery(IntPoint.newExactQuery("number", doc));
        query.add(new BoostQuery(number, scores[doc]), Occur.SHOULD);
      }
    }
    return query.build();
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
        assertEquals(0, none.fused());
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
      assertEquals(hits.fused(), docs.size());
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

  private static Query failing(Throwable failure) {
    return new Query() {
      @Override
      public Query rewrite(IndexSearcher searcher) throws IOException {
        if (failure instanceof IOException e) {
          throw e;
        }
        throw (IllegalStateException) failure;
      }

      @Override
      public String toString(String field) {
        return "failing";
      }

      @Override
      public void visit(QueryVisitor visitor) {}

      @Override
      public boolean equals(Object other) {
        return this == other;
      }

      @Override
      public int hashCode() {
        return System.identityHashCode(this);
      }
    };
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

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import static io.github.luceneivf.search.BothFormats.BYTES;
import static io.github.luceneivf.search.BothFormats.K;
import static io.github.luceneivf.search.BothFormats.L2;
import static io.github.luceneivf.search.BothFormats.TOKENS;

import io.github.luceneivf.codec.StockRangeQuery;
import io.github.luceneivf.codec.VectorIndexing;
import io.github.luceneivf.probe.IvfSearchStrategy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.DoubleValues;
import org.apache.lucene.search.DoubleValuesSource;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.LateInteractionFloatValuesSource.ScoreFunction;
import org.apache.lucene.search.LateInteractionRescorer;
import org.apache.lucene.search.PatienceKnnVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.RescoreTopNQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SeededKnnVectorQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.tests.util.TestUtil;
import org.junit.BeforeClass;

/**
 * Lucene's own vector queries on this project's format, beside what they do on HNSW: as many hits,
 * recall of 0.95, the same hits where all lists are probed.
 */
public class TestStockQueries extends BothFormatsTestCase {

  private static final Query SEED = new TermQuery(new Term("mod", "3"));
  private static final IvfSearchStrategy EVERY = IvfSearchStrategy.nprobe(1 << 16);

  private static IndexSearcher lists;
  private static IndexSearcher graph;

  @BeforeClass
  public static void open() {
    lists = new IndexSearcher(formats.lists);
    graph = new IndexSearcher(formats.graph);
  }

  /** Wraps a query for the nearest in another one. */
  private interface Wrapping {
    Query of(KnnFloatVectorQuery nearest);
  }

  private static KnnFloatVectorQuery stock(float[] target) {
    return new KnnFloatVectorQuery(VectorIndexing.FIELD, target, K);
  }

  private static KnnFloatVectorQuery ours(float[] target) {
    return new IvfKnnFloatVectorQuery(VectorIndexing.FIELD, target, K);
  }

  private static void check(Wrapping wrapping) throws IOException {
    double onGraph = formats.recall(graph, target -> wrapping.of(stock(target)));
    double onLists = formats.recall(lists, target -> wrapping.of(stock(target)));
    assertTrue(onLists + " on lists, " + onGraph + " on HNSW", onLists >= 0.95);
    double own = formats.recall(lists, target -> wrapping.of(ours(target)));
    assertTrue("by our query " + own, own >= 0.95);
    double onGraphByOurs = formats.recall(graph, target -> wrapping.of(ours(target)));
    assertEquals("our query on HNSW", onGraph, onGraphByOurs, 0.05);
    double every =
        formats.recall(
            lists,
            target ->
                wrapping.of(new KnnFloatVectorQuery(VectorIndexing.FIELD, target, K, null, EVERY)));
    assertTrue("all lists probed: " + every, every >= onGraph - 1e-9 && every >= 0.99);
  }

  public void testNearest() throws IOException {
    check(nearest -> nearest);
  }

  public void testSeeded() throws IOException {
    check(nearest -> SeededKnnVectorQuery.fromFloatQuery(nearest, SEED));
  }

  public void testPatience() throws IOException {
    check(PatienceKnnVectorQuery::fromFloatQuery);
    check(nearest ->
        PatienceKnnVectorQuery.fromSeededQuery(SeededKnnVectorQuery.fromFloatQuery(nearest, SEED)));
  }

  public void testSeedsOfNoDocumentChangeNothing() throws IOException {
    Query nothing = new TermQuery(new Term("mod", "none"));
    check(nearest -> SeededKnnVectorQuery.fromFloatQuery(nearest, nothing));
  }

  public void testRescoredInFullPrecision() throws IOException {
    float[] target = formats.query(0);
    for (KnnFloatVectorQuery nearest : List.of(stock(target), ours(target))) {
      Query rescored =
          RescoreTopNQuery.createFullPrecisionRescorerQuery(
              nearest, target, VectorIndexing.FIELD, 5);
      ScoreDoc[] plain = lists.search(nearest, 5).scoreDocs;
      ScoreDoc[] again = lists.search(rescored, K).scoreDocs;
      assertEquals(5, again.length);
      for (int i = 0; i < plain.length; i++) {
        assertEquals(plain[i].doc, again[i].doc);
        assertEquals(plain[i].score, again[i].score, 1e-6f);
      }
    }
  }

  public void testRescoredByLateInteraction() throws IOException {
    float[][] tokens = BothFormats.tokens(formats.query(1));
    for (KnnFloatVectorQuery nearest : List.of(stock(formats.query(0)), ours(formats.query(0)))) {
      TopDocs first = lists.search(nearest, K);
      List<Integer> expected = new ArrayList<>();
      for (ScoreDoc hit : first.scoreDocs) {
        expected.add(VectorIndexing.row(lists, hit.doc));
      }
      expected.sort(Comparator.comparingDouble(row -> -interaction(tokens, row)));
      Query rescored = RescoreTopNQuery.createLateInteractionQuery(nearest, 4, TOKENS, tokens, L2);
      assertEquals(expected.subList(0, 4), rows(lists.search(rescored, K)));
      TopDocs reranked =
          LateInteractionRescorer.create(TOKENS, tokens, L2).rescore(lists, first, 4);
      assertEquals(expected.subList(0, 4), rows(reranked));
    }
  }

  private static double interaction(float[][] tokens, int row) {
    return ScoreFunction.SUM_MAX_SIM.compare(
        tokens, BothFormats.tokens(formats.base().row(row)), L2);
  }

  private static List<Integer> rows(TopDocs hits) throws IOException {
    List<Integer> rows = new ArrayList<>();
    for (ScoreDoc hit : hits.scoreDocs) {
      rows.add(VectorIndexing.row(lists, hit.doc));
    }
    return rows;
  }

  public void testSimilarityAsAValue() throws IOException {
    float[] target = formats.query(2);
    for (LeafReaderContext leaf : formats.lists.leaves()) {
      DoubleValues floats =
          DoubleValuesSource.similarityToQueryVector(leaf, target, VectorIndexing.FIELD);
      DoubleValues bytes =
          DoubleValuesSource.similarityToQueryVector(leaf, BothFormats.bytes(target), BYTES);
      for (int doc = 0; doc < leaf.reader().maxDoc(); doc += 500) {
        float[] vector = formats.base().row(VectorIndexing.row(lists, leaf.docBase + doc));
        assertTrue(floats.advanceExact(doc));
        assertEquals(L2.compare(target, vector), floats.doubleValue(), 1e-6);
        assertTrue(bytes.advanceExact(doc));
        assertEquals(
            L2.compare(BothFormats.bytes(target), BothFormats.bytes(vector)),
            bytes.doubleValue(),
            1e-6);
      }
    }
  }

  public void testWithinADistance() throws IOException {
    double found = 0;
    double exist = 0;
    for (int q = 0; q < formats.queries(); q++) {
      float[] target = formats.query(q);
      float least = scoreOf(60, target, L2);
      found += lists.count(StockRangeQuery.of(VectorIndexing.FIELD, target, least, null));
      exist += 60;
    }
    assertTrue("found " + found + " of " + exist, found >= 0.9 * exist && found <= exist + 1);
  }

  /** Returns the score of the {@code rank}th nearest, the first being 1. */
  private static float scoreOf(int rank, float[] target, VectorSimilarityFunction function) {
    float[] scores = new float[formats.base().rows()];
    for (int row = 0; row < scores.length; row++) {
      scores[row] = function.compare(target, formats.base().row(row));
    }
    Arrays.sort(scores);
    return scores[scores.length - rank];
  }

  public void testBytes() throws IOException {
    for (int q = 0; q < 5; q++) {
      byte[] target = BothFormats.bytes(formats.query(q));
      KnnByteVectorQuery nearest = new KnnByteVectorQuery(BYTES, target, K);
      List<Query> kinds =
          List.of(
              nearest,
              SeededKnnVectorQuery.fromByteQuery(nearest, SEED),
              PatienceKnnVectorQuery.fromByteQuery(nearest));
      for (Query query : kinds) {
        ScoreDoc[] hits = lists.search(query, K).scoreDocs;
        assertEquals(K, hits.length);
        assertEquals(best(target), hits[0].score, 1e-6f);
      }
      float least = lists.search(nearest, K).scoreDocs[K - 1].score;
      int above = lists.count(StockRangeQuery.of(BYTES, target, least, null));
      assertTrue(above + " of " + K, above >= 0.8 * K);
    }
  }

  private static float best(byte[] target) {
    float best = 0;
    for (int row = 0; row < formats.base().rows(); row++) {
      best = Math.max(best, L2.compare(target, BothFormats.bytes(formats.base().row(row))));
    }
    return best;
  }

  public void testAnExecutorOfFourThreadsChangesNothing() throws IOException {
    ExecutorService executor = Executors.newFixedThreadPool(4);
    try {
      IndexSearcher over = new IndexSearcher(formats.lists, executor);
      for (int q = 0; q < formats.queries(); q++) {
        for (KnnFloatVectorQuery nearest :
            List.of(stock(formats.query(q)), ours(formats.query(q)))) {
          List<Query> kinds =
              List.of(
                  nearest,
                  SeededKnnVectorQuery.fromFloatQuery(nearest, SEED),
                  PatienceKnnVectorQuery.fromFloatQuery(nearest));
          for (Query query : kinds) {
            assertArrayEquals(
                query.toString(),
                VectorIndexing.search(lists, query, K),
                VectorIndexing.search(over, query, K));
          }
        }
      }
    } finally {
      TestUtil.shutdownExecutorService(executor);
    }
  }
}

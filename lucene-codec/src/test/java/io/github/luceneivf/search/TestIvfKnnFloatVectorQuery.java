// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import io.github.luceneivf.probe.IvfSearchStrategy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.QueryTimeout;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.Explanation;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.search.CheckHits;
import org.apache.lucene.tests.search.QueryUtils;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.jspecify.annotations.Nullable;

/** What the query finds, on a vectors format of the subclass's choice. */
public class TestIvfKnnFloatVectorQuery extends LuceneTestCase {

  private static final String FIELD = "vector";
  private static final VectorSimilarityFunction L2 = VectorSimilarityFunction.EUCLIDEAN;

  /** The codec of the indexes; a subclass may test another. */
  protected Codec codec() {
    return TestUtil.alwaysKnnVectorsFormat(new Lucene99HnswVectorsFormat());
  }

  private IndexWriter writer(Directory dir) throws IOException {
    // Segments stay as they were flushed, so that "multi segment" means it.
    return new IndexWriter(
        dir, new IndexWriterConfig().setCodec(codec()).setMergePolicy(NoMergePolicy.INSTANCE));
  }

  private static Document doc(
      int id, float @Nullable [] vector, VectorSimilarityFunction function) {
    Document doc = new Document();
    doc.add(new StringField("id", "" + id, Field.Store.YES));
    doc.add(new StoredField("number", id));
    doc.add(new IntPoint("point", id));
    doc.add(new StringField("parity", id % 2 == 0 ? "even" : "odd", Field.Store.NO));
    if (vector != null) {
      doc.add(new KnnFloatVectorField(FIELD, vector, function));
    }
    return doc;
  }

  /** Adds one segment of the vectors {@code (i, i)} with ids {@code i} in [from, to). */
  private static void addDiagonal(IndexWriter writer, int from, int to) throws IOException {
    for (int i = from; i < to; i++) {
      writer.addDocument(doc(i, new float[] {i, i}, L2));
    }
    writer.flush();
  }

  /** Returns the ids of the hits, best first. */
  private static List<Integer> ids(IndexSearcher searcher, Query query, int n) throws IOException {
    List<Integer> ids = new ArrayList<>();
    for (ScoreDoc hit : searcher.search(query, n).scoreDocs) {
      ids.add(
          searcher.storedFields().document(hit.doc).getField("number").numericValue().intValue());
    }
    return ids;
  }

  private static IvfKnnFloatVectorQuery near(float x, int k, @Nullable Query filter) {
    return new IvfKnnFloatVectorQuery(
        FIELD, new float[] {x, x}, k, filter, IvfSearchStrategy.nprobe(1000));
  }

  public void testFindsTheNearestInEverySegment() throws IOException {
    try (Directory dir = newDirectory();
        IndexWriter writer = writer(dir)) {
      addDiagonal(writer, 0, 5);
      addDiagonal(writer, 5, 6);
      addDiagonal(writer, 6, 12);
      try (IndexReader reader = DirectoryReader.open(writer)) {
        assertEquals(3, reader.leaves().size());
        IndexSearcher searcher = new IndexSearcher(reader);
        assertEquals(List.of(5, 6, 4, 7), ids(searcher, near(5.1f, 4, null), 10));
        assertEquals(12, searcher.count(near(3, 100, null)));
        TopDocs hits = searcher.search(near(5, 1, null), 5);
        assertEquals(1, hits.totalHits.value());
        assertEquals(1f, hits.scoreDocs[0].score, 0);
      }
    }
  }

  public void testEmptyIndexMissingFieldAndFieldWithoutVectorsFindNothing() throws IOException {
    try (Directory dir = newDirectory();
        IndexWriter writer = writer(dir)) {
      try (IndexReader reader = DirectoryReader.open(writer)) {
        assertEquals(0, new IndexSearcher(reader).count(near(1, 3, null)));
      }
      writer.addDocument(doc(0, null, L2));
      try (IndexReader reader = DirectoryReader.open(writer)) {
        assertEquals(0, new IndexSearcher(reader).count(near(1, 3, null)));
      }
      addDiagonal(writer, 1, 4);
      Document bytes = new Document();
      bytes.add(new KnnByteVectorField("bytes", new byte[] {1, 1}, L2));
      writer.addDocument(bytes);
      try (IndexReader reader = DirectoryReader.open(writer)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        assertEquals(0, searcher.count(new IvfKnnFloatVectorQuery("none", new float[] {1, 1}, 3)));
        assertEquals(List.of(1, 2, 3), ids(searcher, near(1, 5, null), 5));
        assertEquals(0, searcher.count(new IvfKnnFloatVectorQuery("point", new float[] {1, 1}, 3)));
        Query onBytes = new IvfKnnFloatVectorQuery("bytes", new float[] {1, 1}, 3);
        assertThrows(IllegalStateException.class, () -> searcher.count(onBytes));
      }
    }
  }

  public void testWrongDimensionIsReported() throws IOException {
    try (Directory dir = newDirectory();
        IndexWriter writer = writer(dir)) {
      addDiagonal(writer, 0, 3);
      try (IndexReader reader = DirectoryReader.open(writer)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        Query oneDim = new IvfKnnFloatVectorQuery(FIELD, new float[] {1}, 2);
        Exception e = assertThrows(IllegalArgumentException.class, () -> searcher.count(oneDim));
        assertTrue(e.toString(), e.toString().contains("dimension"));
      }
    }
  }

  public void testFilterIsAppliedBeforeTheSearch() throws IOException {
    try (Directory dir = newDirectory();
        IndexWriter writer = writer(dir)) {
      addDiagonal(writer, 0, 30);
      addDiagonal(writer, 30, 60);
      try (IndexReader reader = DirectoryReader.open(writer)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        // The three nearest of all are far from matching: a filter afterwards would find nothing.
        assertEquals(
            List.of(50, 51, 52),
            ids(searcher, near(10, 3, IntPoint.newRangeQuery("point", 50, 59)), 5));
        assertEquals(
            List.of(11, 9, 13),
            ids(searcher, near(10.5f, 3, new TermQuery(new Term("parity", "odd"))), 5));
        assertEquals(
            List.of(33), ids(searcher, near(1, 3, new TermQuery(new Term("id", "33"))), 5));
      }
    }
  }

  public void testFilterWithoutMatchesFindsNothing() throws IOException {
    try (Directory dir = newDirectory();
        IndexWriter writer = writer(dir)) {
      addDiagonal(writer, 0, 5);
      writer.addDocument(doc(99, null, L2));
      try (IndexReader reader = DirectoryReader.open(writer)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        assertEquals(0, searcher.count(near(1, 3, new MatchNoDocsQuery())));
        assertEquals(0, searcher.count(near(1, 3, new TermQuery(new Term("id", "none")))));
        // Matches, but only documents without a vector.
        assertEquals(0, searcher.count(near(1, 3, new TermQuery(new Term("id", "99")))));
      }
    }
  }

  public void testDeletedDocumentsAreNotFound() throws IOException {
    try (Directory dir = newDirectory();
        IndexWriter writer = writer(dir)) {
      addDiagonal(writer, 0, 10);
      addDiagonal(writer, 10, 20);
      writer.deleteDocuments(new Term("id", "4"), new Term("id", "12"));
      try (IndexReader reader = DirectoryReader.open(writer)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        assertEquals(List.of(5, 3, 6), ids(searcher, near(4.1f, 3, null), 5));
        assertEquals(18, searcher.count(near(4, 100, null)));
        assertEquals(
            List.of(10, 14),
            ids(searcher, near(11.9f, 2, new TermQuery(new Term("parity", "even"))), 5));
      }
      writer.deleteDocuments(IntPoint.newRangeQuery("point", 0, 100));
      try (IndexReader reader = DirectoryReader.open(writer)) {
        assertEquals(0, new IndexSearcher(reader).count(near(4, 100, null)));
      }
    }
  }

  public void testIsAClauseOfOtherQueries() throws IOException {
    try (Directory dir = newDirectory();
        IndexWriter writer = writer(dir)) {
      addDiagonal(writer, 0, 8);
      addDiagonal(writer, 8, 16);
      try (IndexReader reader = DirectoryReader.open(writer)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        Query odd = new TermQuery(new Term("parity", "odd"));
        Query and =
            new BooleanQuery.Builder()
                .add(near(7.9f, 4, null), BooleanClause.Occur.MUST)
                .add(odd, BooleanClause.Occur.FILTER)
                .build();
        // A clause filters afterwards: of 8, 7, 9, 6 remain two.
        assertEquals(List.of(7, 9), ids(searcher, and, 10));
        Query or =
            new BooleanQuery.Builder()
                .add(near(0, 2, null), BooleanClause.Occur.SHOULD)
                .add(near(15, 2, null), BooleanClause.Occur.SHOULD)
                .build();
        assertEquals(Set.of(0, 1, 14, 15), new HashSet<>(ids(searcher, or, 10)));
        float plain = searcher.search(near(3, 1, null), 1).scoreDocs[0].score;
        float boosted = searcher.search(new BoostQuery(near(3, 1, null), 3), 1).scoreDocs[0].score;
        assertEquals(3 * plain, boosted, 1e-6);
        // As the filter of another one.
        assertEquals(List.of(3, 4), ids(searcher, near(0, 2, near(5, 5, null)), 5));
      }
    }
  }

  public void testExplanationsAndScorersHoldForEverySegment() throws IOException {
    try (Directory dir = newDirectory();
        IndexWriter writer = writer(dir)) {
      addDiagonal(writer, 0, 5);
      addDiagonal(writer, 5, 9);
      try (IndexReader reader = DirectoryReader.open(writer)) {
        IndexSearcher searcher = newSearcher(reader);
        Query query = near(4.2f, 3, null);
        Explanation hit = searcher.explain(query, 4);
        assertTrue(hit.isMatch());
        assertSays("within top 3 docs", hit);
        Explanation miss = searcher.explain(query, 0);
        assertFalse(miss.isMatch());
        assertSays("not in top 3 docs", miss);
        CheckHits.checkDocIds("hits", new int[] {4, 5, 3}, searcher.search(query, 9).scoreDocs);
        CheckHits.checkExplanations(query, FIELD, searcher, true);
        QueryUtils.check(query);
      }
    }
  }

  /** Lucene 10.6 spells it another way, "Within top 3 doc(s)", and tells scores behind a colon. */
  private static void assertSays(String expected, Explanation explanation) {
    String description = explanation.getDescription();
    String words = description.toLowerCase(Locale.ROOT).replace("doc(s)", "docs");
    assertEquals(expected, words.split(":")[0]);
  }

  public void testScorersAdvanceAndCountAsLuceneWants() throws IOException {
    try (Directory dir = newDirectory();
        IndexWriter writer = writer(dir)) {
      addDiagonal(writer, 0, 20);
      try (IndexReader reader = DirectoryReader.open(writer)) {
        // One segment, not wrapped: the check searches each leaf by itself, and the k nearest of a
        // leaf are not those of the index.
        IndexSearcher searcher = newSearcher(reader, false);
        QueryUtils.check(random(), near(4.2f, 3, null), searcher, false);
        CheckHits.checkTopScores(random(), near(4.2f, 7, null), searcher);
      }
    }
  }

  public void testScoresAreThoseOfTheSimilarityFunction() throws IOException {
    for (VectorSimilarityFunction function : VectorSimilarityFunction.values()) {
      try (Directory dir = newDirectory();
          IndexWriter writer = writer(dir)) {
        float[][] vectors = new float[40][];
        for (int i = 0; i < vectors.length; i++) {
          vectors[i] = unit(16);
          writer.addDocument(doc(i, vectors[i], function));
        }
        try (IndexReader reader = DirectoryReader.open(writer)) {
          float[] target = unit(16);
          IvfKnnFloatVectorQuery query = new IvfKnnFloatVectorQuery(FIELD, target, 40);
          TopDocs hits = new IndexSearcher(reader).search(query, 40);
          assertEquals(40, hits.scoreDocs.length);
          for (ScoreDoc hit : hits.scoreDocs) {
            assertEquals(function.compare(target, vectors[hit.doc]), hit.score, 1e-5);
          }
        }
      }
    }
  }

  public void testAgreesWithExactSearchUnderFiltersDeletesAndGaps() throws IOException {
    int n = 600;
    float[][] vectors = new float[n][];
    try (Directory dir = newDirectory();
        IndexWriter writer = writer(dir)) {
      for (int i = 0; i < n; i++) {
        vectors[i] = random().nextInt(10) == 0 ? null : unit(8);
        writer.addDocument(doc(i, vectors[i], L2));
        if (random().nextInt(150) == 0) {
          writer.flush();
        }
      }
      for (int i = 0; i < n; i += 17) {
        writer.deleteDocuments(new Term("id", "" + i));
        vectors[i] = null;
      }
      int found = 0;
      int wanted = 0;
      ExecutorService executor = Executors.newFixedThreadPool(2);
      try (IndexReader reader = DirectoryReader.open(writer)) {
        for (int round = 0; round < 40; round++) {
          IndexSearcher searcher = new IndexSearcher(reader, round % 2 == 0 ? null : executor);
          int lower = random().nextInt(n);
          int upper = lower + random().nextInt(n - lower);
          boolean filtered = random().nextBoolean();
          Query filter = filtered ? IntPoint.newRangeQuery("point", lower, upper) : null;
          int k = 1 + random().nextInt(30);
          float[] target = unit(8);
          List<Integer> truth =
              exact(vectors, target, filtered ? lower : 0, filtered ? upper : n - 1, k);
          Query query = new IvfKnnFloatVectorQuery(FIELD, target, k, filter);
          List<Integer> hits = ids(searcher, query, k);
          assertEquals("as many as there are, at most k", truth.size(), hits.size());
          assertEquals("no duplicates", hits.size(), new HashSet<>(hits).size());
          for (int hit : hits) {
            assertNotNull("deleted or without vector: " + hit, vectors[hit]);
            assertTrue("passes the filter: " + hit, !filtered || (hit >= lower && hit <= upper));
          }
          wanted += truth.size();
          hits.retainAll(truth);
          found += hits.size();
        }
      } finally {
        TestUtil.shutdownExecutorService(executor);
      }
      assertTrue("recall " + found + "/" + wanted, found >= 0.9 * wanted);
    }
  }

  public void testExpiredTimeoutEndsTheSearch() throws IOException {
    try (Directory dir = newDirectory();
        IndexWriter writer = writer(dir)) {
      addDiagonal(writer, 0, 20);
      try (IndexReader reader = DirectoryReader.open(writer)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        QueryTimeout expired = () -> true;
        searcher.setTimeout(expired);
        assertEquals(0, searcher.search(near(1, 3, null), 3).scoreDocs.length);
      }
    }
  }

  private static List<Integer> exact(float[][] vectors, float[] target, int from, int to, int k) {
    List<Integer> order = new ArrayList<>();
    for (int i = from; i <= to; i++) {
      if (vectors[i] != null) {
        order.add(i);
      }
    }
    order.sort(
        Comparator.comparingDouble((Integer i) -> -L2.compare(target, vectors[i]))
            .thenComparingInt(i -> i));
    return order.subList(0, Math.min(k, order.size()));
  }

  private static float[] unit(int dim) {
    float[] vector = new float[dim];
    double norm = 0;
    for (int i = 0; i < dim; i++) {
      vector[i] = (float) random().nextGaussian();
      norm += vector[i] * vector[i];
    }
    float scale = (float) (1 / Math.sqrt(norm));
    for (int i = 0; i < dim; i++) {
      vector[i] *= scale;
    }
    return vector;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.file.LuceneMetric;
import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.testdata.ExactNeighbors;
import io.github.luceneivf.testdata.Recall;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.jspecify.annotations.Nullable;

/** What Lucene's suite does not look at: recall, filters, exact scores, duplicates, visits. */
public class TestIvfSearch extends LuceneTestCase {

  private static final int K = 10;
  private static final int N = 12_000;
  private static final int DIM = 48;

  /** Lists of about 190 vectors, and no segment scanned exactly. */
  private static final IvfParams LISTS =
      IvfParams.DEFAULT
          .withThresholds(new IvfParams.Thresholds(0, 1_000, 2))
          .withSizing(ListSizing.fixed(64));

  private static FloatMatrix clusters(long seed) {
    return VectorGenerators.clusters(N + 200, DIM, 120, 0.6, seed);
  }

  private static FloatMatrix base(FloatMatrix all) {
    return VectorGenerators.slice(all, 0, N);
  }

  private static FloatMatrix queries(FloatMatrix all) {
    return VectorGenerators.slice(all, N, N + 100);
  }

  private static double recall(
      IndexSearcher searcher, FloatMatrix base, FloatMatrix queries, VectorSimilarityFunction f)
      throws Exception {
    double sum = 0;
    for (int q = 0; q < queries.rows(); q++) {
      Query query = new KnnFloatVectorQuery(VectorIndexing.FIELD, queries.row(q), K);
      int[] found = VectorIndexing.search(searcher, query, K);
      assertEquals(K, found.length);
      assertEquals("no hit twice", K, Arrays.stream(found).distinct().count());
      sum += Recall.at(K, base, queries.row(q), found, LuceneMetric.of(f));
    }
    return sum / queries.rows();
  }

  public void testRecallAtDefaultsBeforeAndAfterMerges() throws Exception {
    long seed = random().nextLong();
    FloatMatrix all = clusters(seed);
    FloatMatrix base = base(all);
    VectorSimilarityFunction[] functions = {
      VectorSimilarityFunction.EUCLIDEAN,
      VectorSimilarityFunction.COSINE,
      VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT
    };
    int shift = random().nextInt(functions.length);
    for (Encoding encoding : Encoding.all()) {
      VectorSimilarityFunction f = functions[(encoding.wireId() + shift) % functions.length];
      String what = encoding.displayName() + " " + f + " seed=" + seed;
      IvfVectorsFormat format = new IvfVectorsFormat(LISTS.withEncoding(encoding));
      try (Directory directory = new ByteBuffersDirectory()) {
        VectorIndexing.index(directory, format, base, f, 3);
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          double before = recall(new IndexSearcher(reader), base, queries(all), f);
          assertTrue(what + " before: " + before, before >= 0.95);
        }
        VectorIndexing.forceMerge(directory, format);
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          assertEquals(1, reader.leaves().size());
          double after = recall(new IndexSearcher(reader), base, queries(all), f);
          assertTrue(what + " after: " + after, after >= 0.95);
        }
      }
    }
  }

  public void testNprobeEqualToNlistIsExact() throws Exception {
    FloatMatrix all = clusters(random().nextLong());
    FloatMatrix base = base(all);
    IvfVectorsFormat format = new IvfVectorsFormat(LISTS.withEncoding(Encoding.FLOAT32));
    for (VectorSimilarityFunction f : VectorSimilarityFunction.values()) {
      if (f == VectorSimilarityFunction.DOT_PRODUCT) {
        continue; // needs unit vectors: COSINE in this index
      }
      try (Directory directory = new ByteBuffersDirectory()) {
        VectorIndexing.index(directory, format, base, f, 1);
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          IndexSearcher searcher = new IndexSearcher(reader);
          for (int q = 0; q < 20; q++) {
            float[] query = queries(all).row(q);
            Query every =
                new KnnFloatVectorQuery(
                    VectorIndexing.FIELD, query, K, null, IvfSearchStrategy.nprobe(1 << 16));
            int[] found = VectorIndexing.search(searcher, every, K);
            assertEquals(1.0, Recall.at(K, base, query, found, LuceneMetric.of(f)), 0);
          }
        }
      }
    }
  }

  public void testScoresAreExact() throws Exception {
    FloatMatrix all = clusters(random().nextLong());
    FloatMatrix base = base(all);
    for (VectorSimilarityFunction f : VectorSimilarityFunction.values()) {
      try (Directory directory = new ByteBuffersDirectory()) {
        VectorIndexing.index(directory, new IvfVectorsFormat(LISTS), base, f, 1);
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          IndexSearcher searcher = new IndexSearcher(reader);
          float[] query = queries(all).row(0);
          TopDocs hits =
              searcher.search(new KnnFloatVectorQuery(VectorIndexing.FIELD, query, K), K);
          for (ScoreDoc hit : hits.scoreDocs) {
            float exact = f.compare(query, base.row(VectorIndexing.row(searcher, hit.doc)));
            assertEquals(exact, hit.score, Math.abs(exact) * 1e-5f);
          }
        }
      }
    }
  }

  public void testDeletedDocumentsStayAway() throws Exception {
    FloatMatrix all = clusters(random().nextLong());
    FloatMatrix base = base(all);
    try (Directory directory = newDirectory()) {
      VectorIndexing.index(
          directory,
          VectorIndexing.config(new IvfVectorsFormat(LISTS)),
          base,
          VectorSimilarityFunction.EUCLIDEAN,
          2,
          writer -> delete(writer, new Term("mod", "3")));
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        assertRecallAmong(searcher, all, null, row -> row % 10 != 3);
      }
      VectorIndexing.forceMerge(directory, new IvfVectorsFormat(LISTS));
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        assertRecallAmong(searcher, all, null, row -> row % 10 != 3);
      }
    }
  }

  private static void delete(IndexWriter writer, Term term) {
    try {
      writer.deleteDocuments(term);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void testFiltersKeepTheirRecall() throws Exception {
    FloatMatrix all = clusters(random().nextLong());
    try (Directory directory = new ByteBuffersDirectory()) {
      VectorIndexing.index(
          directory, new IvfVectorsFormat(LISTS), base(all), VectorSimilarityFunction.EUCLIDEAN, 1);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        assertRecallAmong(searcher, all, new TermQuery(new Term("mod", "7")), row -> row % 10 == 7);
        Query most =
            new BooleanQuery.Builder()
                .add(new MatchAllDocsQuery(), BooleanClause.Occur.MUST)
                .add(new TermQuery(new Term("mod", "1")), BooleanClause.Occur.MUST_NOT)
                .build();
        assertRecallAmong(searcher, all, most, row -> row % 10 != 1);
        assertRecallAmong(searcher, all, new TermQuery(new Term("id", "4711")), row -> row == 4711);
      }
    }
  }

  private static void assertRecallAmong(
      IndexSearcher searcher, FloatMatrix all, @Nullable Query filter, IntPredicate accepted)
      throws Exception {
    int[] rows = IntStream.range(0, N).filter(accepted).toArray();
    float[] values = new float[rows.length * DIM];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(all.values(), rows[i] * DIM, values, i * DIM, DIM);
    }
    FloatMatrix matching = new FloatMatrix(values, rows.length, DIM);
    int want = Math.min(K, rows.length);
    double sum = 0;
    FloatMatrix queries = queries(all);
    for (int q = 0; q < queries.rows(); q++) {
      Query query = new KnnFloatVectorQuery(VectorIndexing.FIELD, queries.row(q), K, filter);
      int[] found = VectorIndexing.search(searcher, query, K);
      assertEquals("hits", want, found.length);
      Set<Integer> truth = new HashSet<>();
      for (int i :
          ExactNeighbors.topK(
              matching,
              queries.row(q),
              want,
              LuceneMetric.of(VectorSimilarityFunction.EUCLIDEAN))) {
        truth.add(rows[i]);
      }
      for (int row : found) {
        assertTrue("row " + row + " is not accepted", accepted.test(row));
        sum += truth.contains(row) ? 1 : 0;
      }
    }
    double recall = sum / (queries.rows() * want);
    assertTrue("recall among matches: " + recall, recall >= 0.95);
  }

  public void testEachVectorIsVisitedOnceAtMost() throws Exception {
    FloatMatrix all = clusters(random().nextLong());
    try (Directory directory = new ByteBuffersDirectory()) {
      VectorIndexing.index(
          directory, new IvfVectorsFormat(LISTS), base(all), VectorSimilarityFunction.EUCLIDEAN, 1);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        LeafReader leaf = VectorIndexing.onlyLeaf(reader);
        TopKnnCollector every =
            new TopKnnCollector(K, Integer.MAX_VALUE, IvfSearchStrategy.nprobe(1 << 16));
        search(leaf, queries(all).row(0), every);
        assertEquals(N, every.visitedCount());
        long visited = 0;
        for (int q = 0; q < 20; q++) {
          TopKnnCollector few = new TopKnnCollector(K, Integer.MAX_VALUE);
          search(leaf, queries(all).row(q), few);
          visited += few.visitedCount();
        }
        assertTrue("visited " + visited / 20, visited / 20 < N / 2);
        TopKnnCollector limited = new TopKnnCollector(K, 300, IvfSearchStrategy.nprobe(1 << 16));
        search(leaf, queries(all).row(0), limited);
        assertTrue(limited.earlyTerminated());
        assertTrue("visited " + limited.visitedCount(), limited.visitedCount() <= 300 + 63);
        assertEquals(K, limited.topDocs().scoreDocs.length);
      }
    }
  }

  private static void search(LeafReader leaf, float[] query, TopKnnCollector collector)
      throws Exception {
    leaf.searchNearestVectors(
        VectorIndexing.FIELD,
        query,
        collector,
        AcceptDocs.fromLiveDocs(leaf.getLiveDocs(), leaf.maxDoc()));
  }

  public void testStockRangeQueryFindsWhatIsNear() throws Exception {
    FloatMatrix all = clusters(random().nextLong());
    FloatMatrix base = base(all);
    VectorSimilarityFunction f = VectorSimilarityFunction.EUCLIDEAN;
    try (Directory directory = new ByteBuffersDirectory()) {
      VectorIndexing.index(directory, new IvfVectorsFormat(LISTS), base, f, 1);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        double found = 0;
        double exist = 0;
        for (int q = 0; q < 20; q++) {
          float[] query = queries(all).row(q);
          int[] nearest = ExactNeighbors.topK(base, query, 50, LuceneMetric.of(f));
          float least = f.compare(query, base.row(nearest[49]));
          Query range = StockRangeQuery.of(VectorIndexing.FIELD, query, least, 0.5f, null);
          int[] rows = VectorIndexing.search(searcher, range, N);
          for (int row : rows) {
            assertTrue(f.compare(query, base.row(row)) >= least - 1e-6f);
          }
          found += rows.length;
          exist += 50;
        }
        assertTrue("range recall " + found / exist, found / exist >= 0.9);
      }
    }
  }

  public void testMappedAndCopiedListsGiveTheSameHits() throws Exception {
    FloatMatrix all = clusters(random().nextLong());
    IvfVectorsFormat format =
        new IvfVectorsFormat(
            LISTS.withEncoding(Encoding.all().get(random().nextInt(Encoding.all().size()))));
    try (Directory mapped = new MMapDirectory(createTempDir());
        Directory copied = new ByteBuffersDirectory()) {
      for (Directory directory : new Directory[] {mapped, copied}) {
        VectorIndexing.index(directory, format, base(all), VectorSimilarityFunction.EUCLIDEAN, 1);
      }
      try (DirectoryReader one = DirectoryReader.open(mapped);
          DirectoryReader two = DirectoryReader.open(copied)) {
        for (int q = 0; q < 20; q++) {
          Query query = new KnnFloatVectorQuery(VectorIndexing.FIELD, queries(all).row(q), K);
          assertArrayEquals(
              VectorIndexing.search(new IndexSearcher(one), query, K),
              VectorIndexing.search(new IndexSearcher(two), query, K));
        }
      }
    }
  }
}

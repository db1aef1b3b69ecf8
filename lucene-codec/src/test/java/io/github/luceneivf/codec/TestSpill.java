// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.Spill;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import io.github.luceneivf.search.IvfVectorSimilarityQuery;
import io.github.luceneivf.search.NearestHits;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.jspecify.annotations.Nullable;

/** Vectors in two lists are found once, counted once, and stay in two lists through merges. */
public class TestSpill extends LuceneTestCase {

  private static final int N = 3_000;
  private static final int DIM = 24;
  private static final int QUERIES = 10;
  private static final int K = 20;

  private static IvfParams params(Spill spill) {
    return IvfParams.DEFAULT
        .withThresholds(new IvfParams.Thresholds(0, 500, 2))
        .withSizing(ListSizing.fixed(40))
        .withSpill(spill);
  }

  private static FloatMatrix rows() {
    return VectorGenerators.clusters(N + QUERIES, DIM, 30, 0.8, random().nextLong());
  }

  private static void add(IndexWriter writer, FloatMatrix rows, int from, int to)
      throws IOException {
    VectorIndexing.add(writer, rows, from, to, VectorSimilarityFunction.EUCLIDEAN);
  }

  public void testEachVectorIsFoundOnceInSegmentsOfAnyKindAndAfterMerges() throws Exception {
    FloatMatrix rows = rows();
    double share = new double[] {0.3, 1}[random().nextInt(2)];
    IvfParams params =
        params(new Spill(share))
            .withEncoding(Encoding.all().get(random().nextInt(Encoding.all().size())))
            .withMergeBudgetBytes(random().nextBoolean() ? 1 << 20 : 64 << 20);
    KnnVectorsFormat format = new IvfVectorsFormat(params);
    try (Directory directory = newDirectory()) {
      try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(format))) {
        for (int flush = 0; flush < 3; flush++) {
          add(writer, rows, flush * N / 3, (flush + 1) * N / 3);
          writer.flush();
        }
        writer.commit();
        check(directory, rows, share, _ -> true);
        if (random().nextBoolean()) {
          writer.deleteDocuments(new Term("mod", "3"));
          writer.commit();
          check(directory, rows, share, row -> row % 10 != 3);
        }
        writer.forceMerge(1);
        writer.commit();
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          CodedSegments.assertAsEncodedAnew(reader.leaves().getFirst().reader());
          check(directory, rows, share, row -> reader.numDocs() == N || row % 10 != 3);
        }
      }
      TestUtil.checkIndex(directory);
    }
  }

  private interface Live {
    boolean has(int row);
  }

  private void check(Directory directory, FloatMatrix rows, double share, Live live)
      throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      long entries = CodedSegments.entries(reader);
      long vectors = 0;
      for (LeafReaderContext leaf : reader.leaves()) {
        vectors += leaf.reader().getFloatVectorValues(VectorIndexing.FIELD).size();
      }
      double copied = (double) (entries - vectors) / vectors; // more than of the training's
      assertTrue("copied: " + copied, copied > 0.8 * share && copied < Math.min(1.7 * share, 1.01));
      IndexSearcher searcher = new IndexSearcher(reader);
      for (int q = 0; q < QUERIES; q++) {
        float[] query = rows.row(N + q);
        for (Query filter : new Query[] {null, new TermQuery(new Term("mod", "7"))}) {
          IvfSearchStrategy all = IvfSearchStrategy.nprobe(1 << 16);
          NearestHits hits =
              new IvfKnnFloatVectorQuery(VectorIndexing.FIELD, query, K, filter, all)
                  .search(searcher);
          assertNearest(searcher, hits.topDocs().scoreDocs, rows, query, accepted(live, filter));
          Query stock = new KnnFloatVectorQuery(VectorIndexing.FIELD, query, K, filter);
          assertOnce(searcher.search(stock, K).scoreDocs);
          assertRange(searcher, rows, query, filter, accepted(live, filter));
        }
        NearestHits every =
            new IvfKnnFloatVectorQuery(
                    VectorIndexing.FIELD, query, N, null, IvfSearchStrategy.CALIBRATED)
                .search(searcher);
        assertEquals(reader.numDocs(), every.topDocs().scoreDocs.length);
        assertOnce(every.topDocs().scoreDocs);
      }
    }
  }

  private static Live accepted(Live live, @Nullable Query filter) {
    return row -> live.has(row) && (filter == null || row % 10 == 7);
  }

  private static float[] best(FloatMatrix rows, float[] query, Live live) {
    float[] scores = new float[N];
    int count = 0;
    for (int row = 0; row < N; row++) {
      if (live.has(row)) {
        scores[count++] = VectorSimilarityFunction.EUCLIDEAN.compare(query, rows.row(row));
      }
    }
    Arrays.sort(scores, 0, count);
    return Arrays.copyOf(scores, count);
  }

  private static void assertNearest(
      IndexSearcher searcher, ScoreDoc[] hits, FloatMatrix rows, float[] query, Live live)
      throws IOException {
    float[] best = best(rows, query, live);
    assertOnce(hits);
    assertEquals(K, hits.length);
    int missed = 0;
    for (int i = 0; i < K; i++) {
      missed += hits[i].score < best[best.length - K] - 1e-5 ? 1 : 0;
    }
    assertTrue(missed + " of " + K + " of " + searcher.getIndexReader(), missed <= 2);
  }

  private static void assertRange(
      IndexSearcher searcher, FloatMatrix rows, float[] query, @Nullable Query filter, Live live)
      throws IOException {
    float[] best = best(rows, query, live);
    int wanted = 50 + random().nextInt(100);
    float least = (best[best.length - wanted] + best[best.length - wanted - 1]) / 2;
    NearestHits found =
        new IvfVectorSimilarityQuery(VectorIndexing.FIELD, query, least, filter).search(searcher);
    assertOnce(found.topDocs().scoreDocs);
    assertEquals(found.topDocs().scoreDocs.length, found.topDocs().totalHits.value());
    assertTrue(
        found.topDocs().scoreDocs.length + " of " + wanted,
        found.topDocs().scoreDocs.length >= 0.7 * wanted
            && found.topDocs().scoreDocs.length <= wanted);
  }

  private static void assertOnce(ScoreDoc[] hits) {
    Set<Integer> docs = new HashSet<>();
    for (ScoreDoc hit : hits) {
      assertTrue("twice: " + hit, docs.add(hit.doc));
    }
  }

  /** Where vectors of a list lie about its centroid like a ball, a second list saves little. */
  public void testTrainingChoosesBySavings() throws Exception {
    assertEquals(0, copies(VectorGenerators.clusters(N, 8, 40, 0.05, 7), Spill.AUTO), 0.05);
    double among = copies(VectorGenerators.unit(N, 64, 300, 7), Spill.AUTO);
    assertTrue("where many lists are probed: " + among, among > 0.2);
    assertEquals(0, copies(rows(), Spill.NONE), 0);
    assertEquals(0.6, copies(VectorGenerators.uniform(N, 48, 7), new Spill(0.6)), 0.05);
  }

  private static double copies(FloatMatrix rows, Spill spill) throws IOException {
    try (Directory directory = new ByteBuffersDirectory()) {
      KnnVectorsFormat format = new IvfVectorsFormat(params(spill));
      try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(format))) {
        add(writer, rows, 0, N);
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        return (double) (CodedSegments.entries(reader) - N) / N;
      }
    }
  }
}

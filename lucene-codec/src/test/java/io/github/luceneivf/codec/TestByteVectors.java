// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.CodebookTrainer;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.file.PostingLists;
import io.github.luceneivf.codec.file.StoredLists;
import io.github.luceneivf.probe.ProbeReport;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.search.IvfKnnByteVectorQuery;
import io.github.luceneivf.search.NearestHits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.jspecify.annotations.Nullable;

/** Fields of bytes have lists like fields of floats, and are searched through them. */
public class TestByteVectors extends LuceneTestCase {

  private static final int K = 10;
  private static final int N = 10_000;
  private static final int DIM = 48;
  private static final int QUERIES = 60;

  private static final IvfParams LISTS =
      IvfParams.DEFAULT
          .withThresholds(new IvfParams.Thresholds(0, 500, 2))
          .withSizing(ListSizing.fixed(64));

  private final long seed = random().nextLong();
  private final ByteRows rows = ByteRows.clusters(N + QUERIES, DIM, 100, seed);

  private static IvfVectorsFormat format() {
    List<Encoding> all = Encoding.all();
    return new IvfVectorsFormat(LISTS.withEncoding(all.get(random().nextInt(all.size()))));
  }

  private void index(Directory directory, KnnVectorsFormat format, VectorSimilarityFunction f)
      throws IOException {
    try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(format))) {
      for (int flush = 0; flush < 10; flush++) {
        rows.add(writer, N / 10 * flush, N / 10 * (flush + 1), f);
        writer.flush();
      }
    }
  }

  private void index(VectorSimilarityFunction f) throws IOException {
    IvfVectorsFormat format = format();
    String what = f + " " + format + " seed=" + seed;
    try (Directory directory = new ByteBuffersDirectory()) {
      index(directory, format, f);
      assertRecall(directory, 10, what, f, null, _ -> true);
      try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(format))) {
        writer.deleteDocuments(ManySegments.mods(3, 8));
      }
      IntPredicate live = row -> row % 10 != 3 && row % 10 != 8;
      assertRecall(directory, 10, what + " with deletes", f, null, live);
      IntPredicate some = row -> row % 10 < 5 && row % 10 != 3;
      Query filter = ManySegments.mods(0, 1, 2, 3, 4);
      assertRecall(directory, 10, what + " filtered", f, filter, some);
      VectorIndexing.forceMerge(directory, format);
      assertRecall(directory, 1, what + " merged", f, null, live);
      assertRecall(directory, 1, what + " merged, filtered", f, filter, some);
    }
  }

  private void assertRecall(
      Directory directory,
      int segments,
      String what,
      VectorSimilarityFunction f,
      @Nullable Query filter,
      IntPredicate accepted)
      throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      assertEquals(segments, reader.leaves().size());
      IndexSearcher searcher = new IndexSearcher(reader);
      double ours = 0;
      double stock = 0;
      ProbeReport looked = ProbeReport.NOTHING;
      for (int query = N; query < N + QUERIES; query++) {
        byte[] target = rows.row(query);
        NearestHits hits =
            new IvfKnnByteVectorQuery(VectorIndexing.FIELD, target, K, filter).search(searcher);
        looked = looked.plus(hits.report());
        ours += recall(searcher, hits.topDocs().scoreDocs, query, f, accepted);
        Query lucenes = new KnnByteVectorQuery(VectorIndexing.FIELD, target, K, filter);
        stock += recall(searcher, searcher.search(lucenes, K).scoreDocs, query, f, accepted);
      }
      assertTrue(what + ", ours: " + ours / QUERIES, ours >= least(f) * QUERIES);
      assertTrue(what + ", stock: " + stock / QUERIES, stock >= least(f) * QUERIES);
      assertEquals("codebooks", QUERIES, looked.codebooks());
      assertTrue(what + ": " + looked, looked.vectorsScored() < 0.2 * QUERIES * N);
      if (filter == null && f == VectorSimilarityFunction.EUCLIDEAN) {
        assertTrue(what + ": " + looked, looked.vectorsScanned() < 0.8 * QUERIES * N);
      }
    }
  }

  /** Of inner products of vectors whose lengths differ as here, floats keep no more. */
  private static double least(VectorSimilarityFunction f) {
    return switch (f) {
      case EUCLIDEAN, COSINE -> 0.95;
      case DOT_PRODUCT, MAXIMUM_INNER_PRODUCT -> 0.9;
    };
  }

  private double recall(
      IndexSearcher searcher,
      ScoreDoc[] hits,
      int query,
      VectorSimilarityFunction f,
      IntPredicate accepted)
      throws IOException {
    int[] found = new int[hits.length];
    for (int i = 0; i < hits.length; i++) {
      found[i] = VectorIndexing.row(searcher, hits[i].doc);
      assertTrue("row " + found[i], accepted.test(found[i]));
      assertEquals(f.compare(rows.row(found[i]), rows.row(query)), hits[i].score, 0);
    }
    assertEquals("no hit twice", hits.length, Arrays.stream(found).distinct().count());
    return rows.recall(K, N, query, found, f, accepted);
  }

  public void testEuclidean() throws Exception {
    index(VectorSimilarityFunction.EUCLIDEAN);
  }

  /** Of vectors of any length: not the cosine, as with floats. */
  public void testDotProduct() throws Exception {
    index(VectorSimilarityFunction.DOT_PRODUCT);
  }

  public void testCosine() throws Exception {
    index(VectorSimilarityFunction.COSINE);
  }

  public void testMaximumInnerProduct() throws Exception {
    index(VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT);
  }

  public void testRangeOfScores() throws Exception {
    VectorSimilarityFunction f = VectorSimilarityFunction.EUCLIDEAN;
    try (Directory directory = new ByteBuffersDirectory()) {
      index(directory, format(), f);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        int found = 0;
        int wanted = 0;
        for (int query = N; query < N + 20; query++) {
          byte[] target = rows.row(query);
          double[] scores = new double[N];
          for (int row = 0; row < N; row++) {
            scores[row] = f.compare(rows.row(row), target);
          }
          double[] sorted = scores.clone();
          Arrays.sort(sorted);
          float least = (float) sorted[N - 30];
          wanted += (int) Arrays.stream(scores).filter(score -> score >= least).count();
          found += searcher.count(StockRangeQuery.of(VectorIndexing.FIELD, target, least, null));
        }
        assertTrue(found + " of " + wanted + " seed=" + seed, found >= 0.85 * wanted);
        assertTrue(found + " of " + wanted, found <= wanted);
      }
    }
  }

  /** That of floats of the same similarity: a codebook of cosines for inner products. */
  public void testCodebookOfAnotherMetricIsFound() throws Exception {
    IvfVectorsFormat format = new IvfVectorsFormat(LISTS, Ports.LOCAL.withTrainer(new Cosines()));
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(format))) {
        rows.add(writer, 0, 1_000, VectorSimilarityFunction.DOT_PRODUCT);
      }
      Exception e =
          assertThrows(CorruptIndexException.class, () -> DirectoryReader.open(directory));
      String message = String.valueOf(e.getMessage());
      assertTrue(
          message,
          message.contains("codebook: expected metric of DOT_PRODUCT of BYTE, got: COSINE"));
    }
  }

  /** Beyond the budget codes of a merge go through temporary files: the lists are the same. */
  public void testBudgetOfAMergeChangesNoByte() throws Exception {
    List<byte[]> postings = new ArrayList<>();
    for (long budget : new long[] {256L << 20, 4L << 20}) {
      IvfVectorsFormat format =
          new IvfVectorsFormat(
              LISTS
                  .withEncoding(Encoding.FLOAT32)
                  .withSizing(ListSizing.fixed(16))
                  .withMergeBudgetBytes(budget));
      AtomicInteger temporary = new AtomicInteger();
      try (Directory directory = counting(temporary)) {
        index(directory, new Lucene99HnswVectorsFormat(), VectorSimilarityFunction.DOT_PRODUCT);
        temporary.set(0);
        VectorIndexing.forceMerge(directory, format);
        assertEquals(budget < 1 << 23 ? 2 : 0, temporary.get());
        postings.add(postings(directory));
      }
    }
    assertArrayEquals(postings.get(0), postings.get(1));
  }

  private static Directory counting(AtomicInteger temporary) {
    return new FilterDirectory(new ByteBuffersDirectory()) {
      @Override
      public IndexOutput createTempOutput(String prefix, String suffix, IOContext context)
          throws IOException {
        temporary.addAndGet(suffix.startsWith("ivf-") ? 1 : 0);
        return super.createTempOutput(prefix, suffix, context);
      }
    };
  }

  /** Ordinals and records of all lists of the only segment. */
  private static byte[] postings(Directory directory) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      StoredLists stored = CodedSegments.lists(VectorIndexing.onlyLeaf(reader));
      assertTrue("lists: " + stored.meta().nlist(), stored.meta().nlist() > 1);
      int recordBytes = stored.meta().encoding().recordBytes(DIM);
      byte[] all = new byte[stored.values().size() * (recordBytes + Integer.BYTES)];
      PostingLists.Cursor cursor = stored.postings().cursor();
      int to = 0;
      for (int list = 0; list < stored.meta().nlist(); list++) {
        for (int at = 0; at < stored.postings().size(list); at++) {
          if (at == 0) {
            cursor.moveTo(list);
          }
          ByteBuffer.wrap(all).putInt(to, cursor.ord(at));
          cursor.record(at, all, to + Integer.BYTES);
          to += recordBytes + Integer.BYTES;
        }
      }
      assertEquals(all.length, to);
      return all;
    }
  }

  /** Trains with another metric than it was asked to. */
  private static final class Cosines implements CodebookTrainer {
    @Override
    public TrainedCodebook train(
        TrainingRequest request, FloatMatrix sample, TrainingMonitor monitor) throws IOException {
      TrainingRequest cosine =
          new TrainingRequest(
              Metric.COSINE,
              request.encoding(),
              request.params(),
              request.population(),
              request.parent());
      return new LocalCodebookTrainer(1).train(cosine, sample, monitor);
    }

    @Override
    public boolean isRemote() {
      return false;
    }
  }
}

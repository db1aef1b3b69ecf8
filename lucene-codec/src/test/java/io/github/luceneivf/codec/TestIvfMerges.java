// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookTrainer;
import io.github.luceneivf.codebook.EncodedSink;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.codebook.VectorEncoder;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.file.LuceneMetric;
import io.github.luceneivf.codec.read.IvfVectorsReader;
import io.github.luceneivf.codec.telemetry.IndexEvent;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.testdata.Recall;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** Merges: where codebooks come from, foreign formats, sorting, gaps, deletes, aborts. */
public class TestIvfMerges extends LuceneTestCase {

  private static final int N = 6_000;
  private static final int DIM = 32;
  private static final VectorSimilarityFunction F = VectorSimilarityFunction.EUCLIDEAN;
  private static final IvfParams LISTS =
      IvfParams.DEFAULT
          .withThresholds(new IvfParams.Thresholds(0, 1_000, 2))
          .withSizing(ListSizing.fixed(32));

  private final List<IndexEvent> events = Collections.synchronizedList(new ArrayList<>());

  private IvfVectorsFormat format(CodebookTrainer trainer, VectorEncoder encoder) {
    return new IvfVectorsFormat(
        LISTS, Ports.LOCAL.withTrainer(trainer).withEncoder(encoder).withListener(events::add));
  }

  private IvfVectorsFormat format() {
    return format(new LocalCodebookTrainer(), new LocalVectorEncoder());
  }

  /** Work that claims to happen elsewhere. */
  private static CodebookTrainer remoteTrainer() {
    LocalCodebookTrainer local = new LocalCodebookTrainer();
    return new CodebookTrainer() {
      @Override
      public TrainedCodebook train(
          TrainingRequest request, FloatMatrix sample, TrainingMonitor monitor) throws IOException {
        return local.train(request, sample, monitor);
      }

      @Override
      public boolean isRemote() {
        return true;
      }
    };
  }

  private static FloatMatrix rows() {
    return VectorGenerators.clusters(N, DIM, 60, 0.6, 7);
  }

  private List<IndexEvent.Action> actions(IndexEvent.Cause cause) {
    return events.stream().filter(e -> e.cause() == cause).map(IndexEvent::action).toList();
  }

  private static double recall(Directory directory, FloatMatrix rows) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      IndexSearcher searcher = new IndexSearcher(reader);
      double sum = 0;
      for (int q = 0; q < 50; q++) {
        float[] query = rows.row(q * 31);
        int[] found =
            VectorIndexing.search(
                searcher, new KnnFloatVectorQuery(VectorIndexing.FIELD, query, 10), 10);
        sum += Recall.at(10, rows, query, found, LuceneMetric.of(F));
      }
      return sum / 50;
    }
  }

  public void testCodebookIsTrainedOnceAndThenShared() throws Exception {
    try (Directory directory = new ByteBuffersDirectory()) {
      IvfVectorsFormat format = format();
      VectorIndexing.index(directory, format, rows(), F, 3);
      assertEquals(
          List.of(IndexEvent.Action.TRAIN, IndexEvent.Action.ASSIGN, IndexEvent.Action.ASSIGN),
          actions(IndexEvent.Cause.FLUSH));
      VectorIndexing.forceMerge(directory, format);
      assertEquals(List.of(IndexEvent.Action.COPY), actions(IndexEvent.Cause.MERGE));
      assertTrue(recall(directory, rows()) >= 0.95);
    }
  }

  public void testFlushNeverWaitsForARemoteTrainer() throws Exception {
    try (Directory directory = new ByteBuffersDirectory()) {
      IvfVectorsFormat format = format(remoteTrainer(), new LocalVectorEncoder());
      VectorIndexing.index(directory, format, rows(), F, 2);
      assertEquals(
          List.of(IndexEvent.Action.ONE_LIST, IndexEvent.Action.ONE_LIST),
          actions(IndexEvent.Cause.FLUSH));
      assertTrue("unlisted: " + recall(directory, rows()), recall(directory, rows()) >= 0.95);
      VectorIndexing.forceMerge(directory, format);
      assertEquals(List.of(IndexEvent.Action.TRAIN), actions(IndexEvent.Cause.MERGE));
      assertTrue("listed: " + recall(directory, rows()), recall(directory, rows()) >= 0.95);
    }
  }

  public void testNewIndexInAnOldDirectoryStartsAfresh() throws Exception {
    try (Directory directory = new ByteBuffersDirectory()) {
      IvfVectorsFormat format = format();
      VectorIndexing.index(directory, format, rows(), F, 1);
      IndexWriterConfig config =
          VectorIndexing.config(format).setOpenMode(IndexWriterConfig.OpenMode.CREATE);
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        writer.commit(); // drops the old segments
        VectorIndexing.add(writer, rows(), 0, N, F);
        writer.commit();
      }
      assertEquals(
          List.of(IndexEvent.Action.TRAIN, IndexEvent.Action.TRAIN),
          actions(IndexEvent.Cause.FLUSH));
    }
  }

  public void testHnswIndexBecomesIvfByMerging() throws Exception {
    try (Directory directory = new ByteBuffersDirectory()) {
      VectorIndexing.index(directory, new Lucene99HnswVectorsFormat(), rows(), F, 2);
      VectorIndexing.forceMerge(directory, format());
      assertEquals(List.of(IndexEvent.Action.TRAIN), actions(IndexEvent.Cause.MERGE));
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertTrue(
            VectorIndexing.vectorsReader(VectorIndexing.onlyLeaf(reader))
                instanceof IvfVectorsReader);
      }
      assertTrue(recall(directory, rows()) >= 0.95);
    }
  }

  public void testIndexSortGapsAndDeletes() throws Exception {
    IvfVectorsFormat format = format();
    FloatMatrix rows = rows();
    try (Directory directory = newDirectory()) {
      IndexWriterConfig config =
          VectorIndexing.config(format)
              .setIndexSort(new Sort(new SortField("key", SortField.Type.LONG)));
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        for (int row = 0; row < N; row++) {
          Document document = row % 3 == 2 ? new Document() : VectorIndexing.document(rows, row, F);
          if (row % 3 == 2) {
            document.add(new NumericDocValuesField("row", row));
            document.add(new StringField("id", Integer.toString(row), Field.Store.NO));
          }
          document.add(new NumericDocValuesField("key", (row * 7919L) % N));
          writer.addDocument(document);
          if (row % 2_000 == 1_999) {
            writer.flush();
          }
        }
        for (int row = 0; row < N; row += 9) {
          writer.deleteDocuments(new Term("id", Integer.toString(row)));
        }
        writer.commit();
      }
      assertOnlyLive(directory, rows);
      IndexWriterConfig merging =
          new IndexWriterConfig()
              .setCodec(TestUtil.alwaysKnnVectorsFormat(format))
              .setIndexSort(new Sort(new SortField("key", SortField.Type.LONG)));
      try (IndexWriter writer = new IndexWriter(directory, merging)) {
        writer.forceMerge(1);
      }
      assertOnlyLive(directory, rows);
    }
  }

  private static void assertOnlyLive(Directory directory, FloatMatrix rows) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      IndexSearcher searcher = new IndexSearcher(reader);
      int first = 0;
      for (int row = 0; row < N; row += 7) {
        int[] found =
            VectorIndexing.search(
                searcher, new KnnFloatVectorQuery(VectorIndexing.FIELD, rows.row(row), 5), 5);
        assertEquals(5, found.length);
        for (int hit : found) {
          assertTrue("row " + hit + " has no vector", hit % 3 != 2);
          assertTrue("row " + hit + " is deleted", hit % 9 != 0);
        }
        if (row % 3 != 2 && row % 9 != 0) {
          first += found[0] == row ? 1 : 0;
        }
      }
      assertTrue("vectors that find themselves: " + first, first >= 0.95 * N / 7 * 5 / 9);
    }
  }

  /** Tiny budgets take the path through temporary files; the index is the same. */
  public void testBudgetChangesNoByte() throws Exception {
    byte[][] postings = new byte[2][];
    for (int i = 0; i < 2; i++) {
      IvfVectorsFormat format =
          new IvfVectorsFormat(
              LISTS
                  .withEncoding(Encoding.INT8)
                  .withMergeBudgetBytes(i == 0 ? 64L << 20 : 2_000_000));
      try (Directory directory = new ByteBuffersDirectory()) {
        VectorIndexing.index(
            directory,
            VectorIndexing.config(format).setUseCompoundFile(false),
            rows(),
            F,
            1,
            _ -> {});
        for (String file : directory.listAll()) {
          assertFalse("left behind: " + file, file.contains("tmp"));
          if (file.endsWith(".ivp")) {
            try (var in = directory.openInput(file, IOContext.READONCE)) {
              // without header and footer, which hold the segment's id
              byte[] bytes = new byte[(int) in.length()];
              in.readBytes(bytes, 0, bytes.length);
              postings[i] = Arrays.copyOfRange(bytes, 128, bytes.length - 16);
            }
          }
        }
      }
    }
    assertArrayEquals(postings[0], postings[1]);
  }

  public void testAbortedMergeEndsAndLeavesTheIndexAsItWas() throws Exception {
    CountDownLatch encoding = new CountDownLatch(1);
    VectorEncoder waiting =
        new VectorEncoder() {
          @Override
          public void encode(
              Codebook codebook,
              Encoding encodingOfCodes,
              VectorSource vectors,
              EncodedSink sink,
              AbortCheck abort)
              throws IOException {
            encoding.countDown();
            while (true) {
              abort.check();
              Thread.onSpinWait();
            }
          }
        };
    try (Directory directory = new ByteBuffersDirectory()) {
      VectorIndexing.index(directory, new Lucene99HnswVectorsFormat(), rows(), F, 2);
      IndexWriter writer =
          new IndexWriter(
              directory,
              new IndexWriterConfig()
                  .setCodec(
                      TestUtil.alwaysKnnVectorsFormat(
                          format(new LocalCodebookTrainer(), waiting))));
      writer.forceMerge(1, false);
      encoding.await();
      writer.rollback();
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertEquals(2, reader.leaves().size());
      }
      assertTrue(recall(directory, rows()) >= 0.95);
      for (String file : directory.listAll()) {
        assertFalse("left behind: " + file, file.contains("tmp"));
      }
    }
  }
}

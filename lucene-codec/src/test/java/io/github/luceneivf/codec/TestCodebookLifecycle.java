// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookSource;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.file.LuceneMetric;
import io.github.luceneivf.codec.file.StoredLists;
import io.github.luceneivf.codec.telemetry.IndexEvent;
import io.github.luceneivf.codec.telemetry.IndexEvent.Action;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.NIOFSDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Where flushes and merges find the codebook of a field. */
public class TestCodebookLifecycle extends LuceneTestCase {

  private static final int N = 1_200;
  private static final int DIM = 16;
  private static final int MANY = 10_000;
  private static final VectorSimilarityFunction F = VectorSimilarityFunction.EUCLIDEAN;
  private static final IvfParams LISTS =
      IvfParams.DEFAULT
          .withThresholds(new IvfParams.Thresholds(50, 500, 2))
          .withSizing(ListSizing.fixed(16));

  private final List<IndexEvent> events = Collections.synchronizedList(new ArrayList<>());
  private volatile Optional<TrainedCodebook> published = Optional.empty();

  private IvfVectorsFormat format() {
    CodebookSource source = _ -> published;
    return new IvfVectorsFormat(
        LISTS, new Ports(Ports.LOCAL.trainer(), Ports.LOCAL.encoder(), source, events::add));
  }

  private static FloatMatrix rows(long seed) {
    return VectorGenerators.clusters(N, DIM, 20, 0.6, seed);
  }

  /** Vectors that no codebook of {@link #rows} was made for. */
  private static FloatMatrix farRows() {
    FloatMatrix rows = rows(77);
    for (int i = 0; i < rows.values().length; i++) {
      rows.values()[i] = rows.values()[i] * 5 + 40;
    }
    return rows;
  }

  private List<Action> actions(IndexEvent.Cause cause) {
    return events.stream().filter(e -> e.cause() == cause).map(IndexEvent::action).toList();
  }

  private void append(Directory directory, FloatMatrix rows, IndexWriterConfig.OpenMode mode)
      throws IOException {
    IndexWriterConfig config = VectorIndexing.config(format()).setOpenMode(mode);
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      VectorIndexing.add(writer, rows, 0, rows.rows(), F);
      writer.commit();
    }
  }

  private static TrainedCodebook train(FloatMatrix rows, Optional<Codebook> parent)
      throws IOException {
    KMeansParams params = KMeansParams.of(16, 5);
    TrainingRequest request =
        parent
            .map(p -> TrainingRequest.successorOf(p, Encoding.defaultFor(DIM), params, MANY))
            .orElseGet(() ->
                new TrainingRequest(
                    LuceneMetric.of(F), Encoding.defaultFor(DIM), params, MANY, Optional.empty()));
    return new LocalCodebookTrainer(1).train(request, rows, TrainingMonitor.NONE);
  }

  public void testReopenedIndexFindsItsCodebook() throws Exception {
    for (boolean compound : new boolean[] {true, false}) {
      events.clear();
      Path path = createTempDir();
      try (Directory first = FSDirectory.open(path)) {
        VectorIndexing.index(
            first,
            VectorIndexing.config(format()).setUseCompoundFile(compound),
            rows(1),
            F,
            2,
            _ -> {});
      }
      try (Directory second = new NIOFSDirectory(path)) { // as a new process would
        append(second, rows(1), IndexWriterConfig.OpenMode.APPEND);
      }
      assertEquals(
          List.of(Action.TRAIN, Action.ASSIGN, Action.ASSIGN), actions(IndexEvent.Cause.FLUSH));
    }
  }

  public void testUnreadableCommitMeansNoCodebookAndNoException() throws Exception {
    Path path = createTempDir();
    try (Directory first = FSDirectory.open(path)) {
      VectorIndexing.index(
          first, VectorIndexing.config(format()).setUseCompoundFile(false), rows(1), F, 1, _ -> {});
      for (String file : first.listAll()) {
        if (file.endsWith(".ivc")) {
          Files.write(path.resolve(file), new byte[10]);
        }
      }
    }
    try (Directory second = new NIOFSDirectory(path)) {
      append(second, rows(1), IndexWriterConfig.OpenMode.APPEND);
    }
    assertEquals(List.of(Action.TRAIN, Action.TRAIN), actions(IndexEvent.Cause.FLUSH));
  }

  /** The old files are still there when the first vectors of the new index are flushed. */
  public void testDiscardedIndexDoesNotLeakItsCodebook() throws Exception {
    Path path = createTempDir();
    try (Directory directory = FSDirectory.open(path)) {
      append(directory, rows(1), IndexWriterConfig.OpenMode.CREATE);
      append(directory, farRows(), IndexWriterConfig.OpenMode.CREATE);
    }
    try (Directory directory = new NIOFSDirectory(path)) {
      append(directory, rows(2), IndexWriterConfig.OpenMode.CREATE);
    }
    assertEquals(
        List.of(Action.TRAIN, Action.TRAIN, Action.TRAIN), actions(IndexEvent.Cause.FLUSH));
    for (IndexEvent event : events) {
      assertEquals(1, event.training().orElseThrow().lineage().version());
    }
  }

  /** What was known goes with the segment; the commit still has a codebook. */
  public void testRolledBackIndexFindsTheCodebookOfItsCommit() throws Exception {
    try (Directory directory = new ByteBuffersDirectory()) {
      append(directory, rows(1), IndexWriterConfig.OpenMode.CREATE);
      try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(format()))) {
        for (int flush = 0; flush < 2; flush++) { // the name of the first is used again
          VectorIndexing.add(writer, rows(1), 0, N, F);
          writer.flush();
        }
        writer.rollback();
      }
      append(directory, rows(1), IndexWriterConfig.OpenMode.APPEND);
      assertEquals(
          List.of(Action.TRAIN, Action.ASSIGN, Action.ASSIGN, Action.ASSIGN),
          actions(IndexEvent.Cause.FLUSH));
    }
  }

  public void testSeveralWritersInOneProcessKeepTheirOwn() throws Exception {
    try (Directory one = new ByteBuffersDirectory();
        Directory two = new ByteBuffersDirectory();
        IndexWriter first = new IndexWriter(one, VectorIndexing.config(format()));
        IndexWriter second = new IndexWriter(two, VectorIndexing.config(format()))) {
      for (int round = 0; round < 2; round++) {
        VectorIndexing.add(first, rows(1), 0, N, F);
        first.flush();
        VectorIndexing.add(second, farRows(), 0, N, F);
        second.flush();
      }
      assertEquals(
          List.of(Action.TRAIN, Action.TRAIN, Action.ASSIGN, Action.ASSIGN),
          actions(IndexEvent.Cause.FLUSH));
      first.commit();
      second.commit();
      assertNotEquals(codebooks(one), codebooks(two));
      assertEquals(1, codebooks(one).size());
    }
  }

  private static List<String> codebooks(Directory directory) throws IOException {
    List<String> ids = new ArrayList<>();
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      for (LeafReaderContext leaf : reader.leaves()) {
        StoredLists lists = CodedSegments.lists(leaf.reader());
        ids.add(lists.codebook().codebook().id().toString());
      }
    }
    return ids.stream().distinct().toList();
  }

  public void testAddedIndexBringsItsCodebook() throws Exception {
    try (Directory source = new ByteBuffersDirectory();
        Directory target = new ByteBuffersDirectory()) {
      append(source, rows(1), IndexWriterConfig.OpenMode.CREATE);
      try (IndexWriter writer = new IndexWriter(target, VectorIndexing.config(format()))) {
        writer.addIndexes(source);
        writer.commit();
        VectorIndexing.add(writer, rows(1), 0, N, F);
        writer.commit();
      }
      assertEquals(List.of(Action.TRAIN, Action.ASSIGN), actions(IndexEvent.Cause.FLUSH));
      assertEquals(codebooks(source), codebooks(target));
    }
  }

  public void testNewerVersionIsTakenByTheNextFlushAndMerge() throws Exception {
    try (Directory directory = new ByteBuffersDirectory()) {
      append(directory, rows(1), IndexWriterConfig.OpenMode.CREATE);
      TrainedCodebook first = train(rows(1), Optional.empty());
      TrainedCodebook second = train(rows(1), Optional.of(first.codebook()));
      published = Optional.of(second);
      append(directory, rows(1), IndexWriterConfig.OpenMode.APPEND);
      VectorIndexing.forceMerge(directory, format());
      assertEquals(List.of(Action.REASSIGN), actions(IndexEvent.Cause.MERGE));
      assertEquals(List.of(second.codebook().id().toString()), codebooks(directory));
      assertEquals(N, events.getLast().merged().vectorsCopied());
      assertEquals(N, events.getLast().merged().vectorsEncoded());
    }
  }

  /** Many flushes at a time, and a new version amid them: one training, every segment sound. */
  public void testConcurrentFlushesRacingANewVersion() throws Exception {
    int threads = 4;
    TrainedCodebook first = train(rows(1), Optional.empty());
    TrainedCodebook second = train(rows(1), Optional.of(first.codebook()));
    try (Directory directory = new ByteBuffersDirectory();
        ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      IndexWriterConfig config = VectorIndexing.config(format()).setMaxBufferedDocs(600);
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        CyclicBarrier start = new CyclicBarrier(threads);
        List<Future<?>> all = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
          all.add(
              executor.submit(() -> {
                start.await(60, TimeUnit.SECONDS);
                VectorIndexing.add(writer, rows(1), 0, N, F);
                published = Optional.of(second);
                VectorIndexing.add(writer, rows(1), 0, N, F);
                return null;
              }));
        }
        for (Future<?> one : all) {
          one.get();
        }
        writer.commit();
      }
      long trainings =
          actions(IndexEvent.Cause.FLUSH).stream().filter(Action.TRAIN::equals).count();
      assertTrue("trainings: " + trainings, trainings <= 1);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        for (LeafReaderContext leaf : reader.leaves()) {
          if (leaf.reader().maxDoc() >= LISTS.thresholds().exact()) {
            CodedSegments.assertAsEncodedAnew(leaf.reader());
          }
        }
      }
      VectorIndexing.forceMerge(directory, format());
      assertEquals(List.of(second.codebook().id().toString()), codebooks(directory));
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertEquals(2L * N * threads, reader.numDocs());
        CodedSegments.assertAsEncodedAnew(VectorIndexing.onlyLeaf(reader));
      }
    }
  }
}

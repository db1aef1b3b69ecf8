// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookSource;
import io.github.luceneivf.codebook.EncodedSink;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.VectorEncoder;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.telemetry.IndexEvent;
import io.github.luceneivf.codec.telemetry.IndexEvent.Action;
import io.github.luceneivf.codec.telemetry.IndexEvent.Cause;
import io.github.luceneivf.codec.telemetry.MergeCounts;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;

/**
 * The first merges of a field at once, with a trainer that holds the first training until another
 * merge or flush wants one too: one training, one codebook, and nobody hangs.
 */
public class TestFirstTrainings extends LuceneTestCase {

  private static final int FLUSHES = 10;
  private static final VectorSimilarityFunction L2 = VectorSimilarityFunction.EUCLIDEAN;
  private static final IvfParams SMALL =
      IvfParams.DEFAULT
          .withThresholds(new IvfParams.Thresholds(0, 800, 2))
          .withSizing(ListSizing.fixed(16));

  private final List<IndexEvent> events = new CopyOnWriteArrayList<>();
  private VectorEncoder encoder = Ports.LOCAL.encoder();

  private IndexWriterConfig config(IvfParams params, HeldTrainer trainer, TwoMerges merges) {
    return config(params, trainer).setMergePolicy(merges).setMergeScheduler(merges.scheduler());
  }

  private IndexWriterConfig config(IvfParams params, HeldTrainer trainer) {
    Ports ports = new Ports(trainer, encoder, CodebookSource.NONE, events::add);
    return VectorIndexing.config(new IvfVectorsFormat(params, ports)).setUseCompoundFile(false);
  }

  private static FloatMatrix rows(int flush, int dim) {
    return VectorGenerators.clusters(FLUSHES * flush, dim, 30, 0.6, 11);
  }

  private static void flushes(IndexWriter writer, FloatMatrix rows) throws IOException {
    for (int flush = 0; flush < FLUSHES; flush++) {
      int size = rows.rows() / FLUSHES;
      VectorIndexing.add(writer, rows, flush * size, (flush + 1) * size, L2);
      writer.flush();
    }
  }

  /** Returns a writer that has committed what it flushed, and merges it. */
  private IndexWriter merging(
      Directory directory, HeldTrainer trainer, TwoMerges merges, FloatMatrix rows)
      throws IOException {
    IndexWriter writer = new IndexWriter(directory, config(SMALL, trainer, merges));
    flushes(writer, rows);
    writer.commit();
    merges.start(writer);
    return writer;
  }

  private List<Action> actions(Cause cause) {
    return events.stream()
        .filter(event -> event.cause() == cause)
        .map(IndexEvent::action)
        .sorted()
        .toList();
  }

  private static void assertSegments(IndexWriter writer, int segments, int vectors)
      throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(writer)) {
      assertEquals(segments, reader.leaves().size());
      assertEquals(vectors, reader.numDocs());
      for (LeafReaderContext leaf : reader.leaves()) {
        CodedSegments.assertAsEncodedAnew(leaf.reader());
      }
    }
  }

  public void testTwoMergesTrainOneCodebookAndLaterMergesCopyAll() throws Exception {
    int flush = 2_000;
    HeldTrainer trainer = new HeldTrainer(true);
    TwoMerges merges = new TwoMerges(FLUSHES);
    try (Directory directory = new ByteBuffersDirectory();
        IndexWriter writer =
            new IndexWriter(directory, config(IvfParams.DEFAULT, trainer, merges))) {
      flushes(writer, rows(flush, 32));
      merges.run(writer);
      assertEquals("trainings", 1, trainer.trainings());
      assertEquals(List.of(Action.ASSIGN, Action.TRAIN), actions(Cause.MERGE));
      assertSegments(writer, 2, FLUSHES * flush);
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        assertEquals(1, CodedSegments.codebooks(reader, VectorIndexing.FIELD).size());
      }
      writer.getConfig().setMergePolicy(new TieredMergePolicy());
      writer.forceMerge(1);
      assertEquals(Action.COPY, events.getLast().action());
      assertEquals(
          new MergeCounts(FLUSHES * flush, 0, Map.of(MergeCounts.Input.COPIED, 2)),
          events.getLast().merged());
    }
    assertEquals(List.of(), merges.failures());
  }

  /** Each field has a gate of its own; the merges meet at one after the other. */
  public void testEachFieldTrainsOnce() throws Exception {
    HeldTrainer trainer = new HeldTrainer(true);
    TwoMerges merges = new TwoMerges(FLUSHES);
    FloatMatrix rows = rows(200, 8);
    try (Directory directory = new ByteBuffersDirectory();
        IndexWriter writer = new IndexWriter(directory, config(SMALL, trainer, merges))) {
      for (int row = 0; row < rows.rows(); row++) {
        Document document = new Document();
        document.add(new KnnFloatVectorField("a", rows.row(row), L2));
        document.add(new KnnFloatVectorField("b", rows.row(rows.rows() - 1 - row), L2));
        writer.addDocument(document);
        if (row % 200 == 199) {
          writer.flush();
        }
      }
      merges.run(writer);
      assertEquals("trainings", 2, trainer.trainings());
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        assertEquals(1, CodedSegments.codebooks(reader, "a").size());
        assertEquals(1, CodedSegments.codebooks(reader, "b").size());
      }
    }
    assertEquals(List.of(), merges.failures());
  }

  /** There is a codebook, but the encoding wanted cannot use it: that is a first training too. */
  public void testAnotherEncodingTrainsOnce() throws Exception {
    FloatMatrix rows = rows(1_000, 8);
    HeldTrainer trainer = new HeldTrainer(true);
    TwoMerges merges = new TwoMerges(FLUSHES);
    try (Directory directory = new ByteBuffersDirectory()) {
      HeldTrainer local = new HeldTrainer(false).holding(0);
      try (IndexWriter writer = new IndexWriter(directory, config(SMALL, local))) {
        flushes(writer, rows);
      }
      assertEquals(1, local.trainings());
      IvfParams another = SMALL.withEncoding(Encoding.PQ4);
      try (IndexWriter writer = new IndexWriter(directory, config(another, trainer, merges))) {
        merges.run(writer);
        assertSegments(writer, 2, rows.rows());
      }
    }
    assertEquals("trainings", 1, trainer.trainings());
    assertEquals(List.of(Action.ASSIGN, Action.TRAIN), actions(Cause.MERGE));
    assertEquals(List.of(), merges.failures());
  }

  /** To Lucene a failed merge ends the writer, and so the other merge; the next writer trains. */
  public void testAFailedTrainingLeavesTheGateOpen() throws Exception {
    HeldTrainer trainer =
        new HeldTrainer(true)
            .then((number, _) -> {
              if (number == 1) {
                throw new IOException("on purpose");
              }
            });
    FloatMatrix rows = rows(200, 8);
    try (Directory directory = new ByteBuffersDirectory()) {
      TwoMerges merges = new TwoMerges(FLUSHES);
      IndexWriter writer = merging(directory, trainer, merges, rows);
      merges.await();
      writer.rollback();
      HeldTrainer.await( // told after the merge has ended
          () -> merges.failures().stream().anyMatch(e -> "on purpose".equals(e.getMessage())),
          TrainingMonitor.NONE);
      assertTwoMergesTrainOnce(directory, trainer, rows);
    }
  }

  private void assertTwoMergesTrainOnce(Directory directory, HeldTrainer trainer, FloatMatrix rows)
      throws Exception {
    int before = trainer.trainings();
    assertTrue("nobody waits", HeldTrainer.atGate().isEmpty());
    TwoMerges merges = new TwoMerges(FLUSHES);
    try (IndexWriter writer = new IndexWriter(directory, config(SMALL, trainer, merges))) {
      merges.run(writer);
      assertSegments(writer, 2, rows.rows());
    }
    assertEquals(1, trainer.trainings() - before);
    assertEquals(List.of(), merges.failures());
  }

  public void testAnAbortedTrainingLetsTheOtherMergeTrain() throws Exception {
    TwoMerges merges = new TwoMerges(FLUSHES);
    HeldTrainer trainer =
        new HeldTrainer(true)
            .holding(1)
            .then((number, monitor) -> {
              if (number == 1) {
                merges.abortMergeOf(Thread.currentThread());
                monitor.check();
              }
            });
    oneOfTwoMergesEnds(trainer, merges, 2);
    assertEquals(1, merges.aborted());
    assertEquals(List.of(), merges.failures());
  }

  /** While the other still trains. */
  public void testAWaitingMergeHearsThatItIsAborted() throws Exception {
    TwoMerges merges = new TwoMerges(FLUSHES);
    HeldTrainer trainer =
        new HeldTrainer(true)
            .then((_, monitor) -> {
              merges.abortMergeOf(HeldTrainer.atGate().orElseThrow());
              HeldTrainer.await(() -> HeldTrainer.atGate().isEmpty(), monitor);
            });
    oneOfTwoMergesEnds(trainer, merges, 1);
    assertEquals(1, merges.aborted());
    assertEquals(List.of(), merges.failures());
  }

  private void oneOfTwoMergesEnds(HeldTrainer trainer, TwoMerges merges, int trainings)
      throws Exception {
    FloatMatrix rows = rows(200, 8);
    try (Directory directory = new ByteBuffersDirectory();
        IndexWriter writer = new IndexWriter(directory, config(SMALL, trainer, merges))) {
      flushes(writer, rows);
      merges.run(writer);
      assertEquals("trainings", trainings, trainer.trainings());
      assertEquals(List.of(Action.TRAIN), actions(Cause.MERGE));
      assertSegments(writer, 1 + FLUSHES / 2, rows.rows());
    }
  }

  /** Both end, and leave the gate open. */
  public void testRollbackAbortsBoth() throws Exception {
    CountDownLatch bothThere = new CountDownLatch(1);
    HeldTrainer trainer =
        new HeldTrainer(true)
            .then((number, monitor) -> {
              if (number == 1) {
                bothThere.countDown();
                HeldTrainer.await(() -> false, monitor);
              }
            });
    FloatMatrix rows = rows(200, 8);
    try (Directory directory = new ByteBuffersDirectory()) {
      TwoMerges merges = new TwoMerges(FLUSHES);
      IndexWriter writer = merging(directory, trainer, merges, rows);
      assertTrue(bothThere.await(60, TimeUnit.SECONDS));
      writer.rollback();
      assertEquals(1, trainer.trainings());
      assertTwoMergesTrainOnce(directory, trainer, rows);
    }
  }

  /** As Lucene's scheduler holds a large merge at its next write while a smaller one is there. */
  public void testAMergeThatIsHeldAtItsWritesHoldsNobodyElse() throws Exception {
    AtomicBoolean first = new AtomicBoolean(true);
    encoder =
        new VectorEncoder() {
          @Override
          public void encode(
              Codebook codebook,
              Encoding encoding,
              VectorSource vectors,
              EncodedSink sink,
              AbortCheck abort)
              throws IOException {
            if (first.getAndSet(false)) {
              HeldTrainer.await(() -> !actions(Cause.MERGE).isEmpty(), abort::check);
            }
            Ports.LOCAL.encoder().encode(codebook, encoding, vectors, sink, abort);
          }
        };
    HeldTrainer trainer = new HeldTrainer(true);
    TwoMerges merges = new TwoMerges(FLUSHES);
    FloatMatrix rows = rows(200, 8);
    try (Directory directory = new ByteBuffersDirectory();
        IndexWriter writer = new IndexWriter(directory, config(SMALL, trainer, merges))) {
      flushes(writer, rows);
      merges.run(writer);
      assertEquals("trainings", 1, trainer.trainings());
      assertSegments(writer, 2, rows.rows());
    }
    assertEquals(List.of(), merges.failures());
  }

  /** It goes on with one list, for a merge may train long. */
  public void testAFlushDoesNotWaitForAMerge() throws Exception {
    CountDownLatch training = new CountDownLatch(1);
    CountDownLatch flushed = new CountDownLatch(1);
    HeldTrainer trainer =
        new HeldTrainer(false)
            .then((number, _) -> {
              if (number == 1) {
                training.countDown();
                assertTrue("flushed meanwhile", HeldTrainer.await(flushed));
              }
            });
    TwoMerges merges = new TwoMerges(FLUSHES);
    FloatMatrix rows = rows(200, 8);
    try (Directory directory = new ByteBuffersDirectory();
        IndexWriter writer = new IndexWriter(directory, config(SMALL, trainer, merges))) {
      flushes(writer, rows);
      merges.start(writer);
      assertTrue(training.await(60, TimeUnit.SECONDS));
      VectorIndexing.add(writer, rows, 0, 1_000, L2);
      writer.flush();
      flushed.countDown();
      merges.await();
      assertEquals(1, trainer.trainings());
      assertSegments(writer, 3, rows.rows() + 1_000);
    }
    assertEquals(Set.of(Action.ONE_LIST), Set.copyOf(actions(Cause.FLUSH)));
    assertEquals(List.of(), merges.failures());
  }

  /** And takes the codebook of the flush. */
  public void testAMergeWaitsForAFlushThatTrains() throws Exception {
    HeldTrainer trainer = new HeldTrainer(false);
    TwoMerges merges = new TwoMerges(FLUSHES);
    FloatMatrix rows = rows(200, 8);
    CountDownLatch training = new CountDownLatch(1);
    trainer.before(training::countDown);
    try (Directory directory = new ByteBuffersDirectory();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        IndexWriter writer = new IndexWriter(directory, config(SMALL, trainer, merges))) {
      flushes(writer, rows);
      VectorIndexing.add(writer, rows, 0, 1_000, L2);
      Future<?> flush =
          executor.submit(() -> {
            writer.flush();
            return null;
          });
      assertTrue(training.await(60, TimeUnit.SECONDS));
      merges.run(writer);
      flush.get();
      assertEquals("trainings", 1, trainer.trainings());
      assertEquals(List.of(Action.ASSIGN, Action.ASSIGN), actions(Cause.MERGE));
      assertSegments(writer, 3, rows.rows() + 1_000);
    }
    assertEquals(List.of(), merges.failures());
  }

  /** Their first trainings meet. */
  public void testTwoIndexesTrainAtOnce() throws Exception {
    CyclicBarrier meet = new CyclicBarrier(2);
    HeldTrainer trainer = new HeldTrainer(true).holding(0).then((_, _) -> HeldTrainer.await(meet));
    FloatMatrix rows = rows(200, 8);
    try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
      List<Future<Object>> indexes =
          executor.invokeAll(List.of(() -> index(rows, trainer), () -> index(rows, trainer)));
      for (Future<Object> index : indexes) {
        index.get();
      }
    }
    assertEquals(List.of(Action.TRAIN, Action.TRAIN), actions(Cause.MERGE));
  }

  private Object index(FloatMatrix rows, HeldTrainer trainer) throws IOException {
    IndexWriterConfig config = config(SMALL, trainer);
    try (Directory directory = new ByteBuffersDirectory();
        IndexWriter writer = new IndexWriter(directory, config)) {
      flushes(writer, rows);
      writer.getConfig().setMergePolicy(new TieredMergePolicy());
      writer.forceMerge(1);
    }
    return rows;
  }
}

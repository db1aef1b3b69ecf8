// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.codebook.CodebookSource;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.file.LuceneMetric;
import io.github.luceneivf.codec.telemetry.IndexEvent;
import io.github.luceneivf.codec.telemetry.IndexEvent.Action;
import io.github.luceneivf.codec.telemetry.IndexEvent.Cause;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntPredicate;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;

/** New versions of a codebook in real indexes: when they come, and what is found meanwhile. */
public class TestCodebookVersions extends LuceneTestCase {

  private static final int DIM = 32;
  private static final int CLUSTERS = 40;

  /** The first flush trains; three times as many vectors are not yet due for their number. */
  private static final int FIRST = 3_000;

  private static final int N = 9_000;
  private static final int FLUSH = 1_000;
  private static final VectorSimilarityFunction L2 = VectorSimilarityFunction.EUCLIDEAN;
  private static final IvfParams LISTS =
      IvfParams.DEFAULT
          .withThresholds(new IvfParams.Thresholds(0, 500, 2))
          .withSizing(ListSizing.fixed(32));

  private final List<IndexEvent> events = new CopyOnWriteArrayList<>();
  private volatile Optional<TrainedCodebook> published = Optional.empty();

  private IvfVectorsFormat format() {
    CodebookSource source = _ -> published;
    return new IvfVectorsFormat(
        LISTS, new Ports(new LocalCodebookTrainer(1), Ports.LOCAL.encoder(), source, events::add));
  }

  /** Flushes and commits; merges as the writer's policy says. */
  private static void fill(IndexWriter writer, ArrivingRows data) throws IOException {
    for (int from = 0; from < N; from = from == 0 ? FIRST : from + FLUSH) {
      VectorIndexing.add(writer, data.rows(), from, from == 0 ? FIRST : from + FLUSH, L2);
      writer.commit();
    }
  }

  private static IndexWriterConfig merging(IvfVectorsFormat format) {
    LogDocMergePolicy policy = new LogDocMergePolicy();
    policy.setMergeFactor(3);
    policy.setMinMergeDocs(FLUSH / 2);
    return VectorIndexing.config(format)
        .setMergePolicy(policy)
        .setMergeScheduler(new SerialMergeScheduler());
  }

  private List<Integer> trainedVersions(Cause cause) {
    return events.stream()
        .filter(event -> event.cause() == cause && event.action() == Action.TRAIN)
        .map(event -> event.training().orElseThrow().lineage().version())
        .toList();
  }

  /** Clusters that come one after the other get a new version by merging, and are found. */
  public void testOrderedArrivalMakesNewVersions() throws Exception {
    long seed = random().nextLong();
    ArrivingRows data = ArrivingRows.ordered(N, DIM, CLUSTERS, seed);
    try (Directory directory = new ByteBuffersDirectory();
        IndexWriter writer = new IndexWriter(directory, merging(format()))) {
      fill(writer, data);
      assertEquals(List.of(1), trainedVersions(Cause.FLUSH));
      List<Integer> versions = trainedVersions(Cause.MERGE);
      assertFalse("seed=" + seed + " " + actions(), versions.isEmpty());
      assertTrue("seed=" + seed + " " + actions(), versions.size() <= 3);
      assertEquals("one after the other", versions.size() + 1, (int) versions.getLast());
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        assertFound("ordered", data.search(reader, N, _ -> true), seed);
      }
    }
  }

  /** The same vectors at random: as many merges, none of which has a reason to train. */
  public void testRandomArrivalMakesNone() throws Exception {
    long seed = random().nextLong();
    ArrivingRows data = ArrivingRows.shuffled(N, DIM, CLUSTERS, seed);
    try (Directory directory = new ByteBuffersDirectory();
        IndexWriter writer = new IndexWriter(directory, merging(format()))) {
      fill(writer, data);
      assertEquals(List.of(1), trainedVersions(Cause.FLUSH));
      assertEquals("seed=" + seed + " " + actions(), List.of(), trainedVersions(Cause.MERGE));
      assertTrue(events.stream().filter(event -> event.action() == Action.COPY).count() >= 2);
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        assertFound("shuffled", data.search(reader, N, _ -> true), seed);
      }
    }
  }

  /** Half of the segments on the version before, which never saw half of the clusters. */
  public void testSegmentsOfTwoVersionsAreSearchedAsOne() throws Exception {
    long seed = random().nextLong();
    ArrivingRows data = ArrivingRows.ordered(N, DIM, CLUSTERS, seed);
    TrainingRequest request =
        new TrainingRequest(
            LuceneMetric.of(L2),
            Encoding.defaultFor(DIM),
            KMeansParams.of(32, 5),
            N / 2,
            Optional.empty());
    LocalCodebookTrainer trainer = new LocalCodebookTrainer(1);
    TrainedCodebook first =
        trainer.train(request, VectorGenerators.slice(data.rows(), 0, N / 2), TrainingMonitor.NONE);
    TrainedCodebook second =
        trainer.train(
            TrainingRequest.successorOf(
                first.codebook(), Encoding.defaultFor(DIM), KMeansParams.of(32, 5), N),
            data.rows(),
            TrainingMonitor.NONE);
    try (Directory directory = new ByteBuffersDirectory();
        IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(format()))) {
      for (int from = 0; from < N; from += N / 6) {
        published = Optional.of(from < N / 2 ? first : second);
        VectorIndexing.add(writer, data.rows(), from, from + N / 6, L2);
        writer.flush();
      }
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        List<IvfStatistics.InUse> codebooks =
            IvfStatistics.of(reader, VectorIndexing.FIELD).codebooks();
        assertEquals(List.of(3, 3), codebooks.stream().map(IvfStatistics.InUse::segments).toList());
        assertEquals(2, codebooks.getFirst().fit().lineage().version());
        assertFound("two versions", data.search(reader, N, _ -> true), seed);
      }
    }
  }

  public void testRandomDeletesLeaveTheCodebookAlone() throws Exception {
    for (boolean expunge : new boolean[] {false, true}) {
      long seed = random().nextLong();
      ArrivingRows data = ArrivingRows.shuffled(N, DIM, CLUSTERS, seed);
      delete(data, row -> row % 10 == 3, expunge, seed);
      assertEquals(actions(), List.of(), trainedVersions(Cause.MERGE));
      assertTrue(actions(), actions().contains("COPY"));
    }
  }

  /** Nine of ten clusters are deleted: the very merge that drops them makes a new version. */
  public void testDeletesOfWholeClustersMakeANewVersion() throws Exception {
    for (boolean expunge : new boolean[] {false, true}) {
      long seed = random().nextLong();
      ArrivingRows data = ArrivingRows.shuffled(N, DIM, CLUSTERS, seed);
      delete(data, row -> data.clusters()[row] % 10 == 3, expunge, seed);
      assertEquals(actions(), List.of(2), trainedVersions(Cause.MERGE));
    }
  }

  private void delete(ArrivingRows data, IntPredicate live, boolean expunge, long seed)
      throws IOException {
    events.clear();
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(format()))) {
        fill(writer, data);
        for (int row = 0; row < N; row++) {
          if (!live.test(row)) {
            writer.deleteDocuments(new Term("id", Integer.toString(row)));
          }
        }
        writer.commit();
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
          assertFound("deleted", data.search(reader, N, live), seed);
        }
        writer.getConfig().setMergePolicy(new TieredMergePolicy());
        if (expunge) {
          writer.forceMergeDeletes();
        } else {
          writer.forceMerge(1);
        }
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
          assertEquals(reader.maxDoc(), reader.numDocs());
          assertFound(expunge ? "expunged" : "merged", data.search(reader, N, live), seed);
        }
      }
    }
  }

  private String actions() {
    return events.stream()
        .map(event -> event.cause() + ":" + event.action() + ":" + event.vectors())
        .toList()
        .toString();
  }

  private static void assertFound(String what, ArrivingRows.Found found, long seed) {
    System.out.println(what + ": " + found);
    assertTrue(what + " seed=" + seed + ": " + found, found.recall() >= 0.95);
    assertTrue(what + " seed=" + seed + ": " + found, !(found.newest() < 0.9));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.data.VectorRows;
import io.github.luceneivf.client.FallbackEncoder;
import io.github.luceneivf.client.FallbackTrainer;
import io.github.luceneivf.client.RemoteCodebookTrainer;
import io.github.luceneivf.client.RemoteConfig;
import io.github.luceneivf.client.RemoteVectorEncoder;
import io.github.luceneivf.client.SidecarConnection;
import io.github.luceneivf.client.SidecarCounters;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.EncodedSink;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.codebook.VectorEncoder;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.telemetry.IndexEvent;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.testdata.ExactNeighbors;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.lucene.index.CheckIndex;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sidecar dies by SIGKILL at a random moment of a merge that it trains and encodes for: the
 * merge completes, and no document is lost. {@code -Divf.kills=20} for more rounds.
 */
class KilledSidecarIT {

  private static final int KILLS = Integer.getInteger("ivf.kills", 4);
  private static final long SEED = Long.getLong("ivf.kills.seed", 20261122L);
  private static final int N = 30_000;
  private static final int DIM = 96;
  private static final int QUERIES = 50;

  private final FloatMatrix all = VectorGenerators.clusters(N + QUERIES, DIM, 200, 0.5, 11);
  private final FloatMatrix base = VectorGenerators.slice(all, 0, N);
  private final int[][] truth =
      ExactNeighbors.topK(base, VectorGenerators.slice(all, N, N + QUERIES), 10, Metric.EUCLIDEAN);

  @Test
  void mergeSurvivesTheDeathOfItsSidecar(@TempDir Path folder) throws Exception {
    Path flushed = writeSegments(folder.resolve("flushed"));
    Random random = new Random(SEED);
    int fellBack = 0;
    for (int round = 0; round < KILLS; round++) {
      Path copy = copy(flushed, folder.resolve("round" + round));
      try (SidecarProcess sidecar =
          SidecarProcess.start(folder.resolve("sidecar" + round), "512m")) {
        boolean whileEncoding = round % 2 == 1;
        long delay = random.nextInt(whileEncoding ? 60 : 3_000);
        SidecarCounters counters = mergeAndKill(copy, sidecar, delay, whileEncoding);
        assertTrue(!sidecar.isAlive(), "the sidecar was killed");
        if (whileEncoding) {
          assertTrue(counters.remote() >= 1, "trained by the sidecar: " + sidecar.log());
        }
        double recall = check(copy);
        fellBack += counters.fallbacks() > 0 ? 1 : 0;
        System.out.printf(
            Locale.ROOT,
            "kill %d, %d ms after %s began: recall@10 %.4f, %s%n",
            round + 1,
            delay,
            whileEncoding ? "encoding" : "the merge",
            recall,
            counters);
      }
    }
    assertTrue(fellBack > 0, "no kill hit a merge, seed " + SEED);
  }

  private Path writeSegments(Path folder) throws IOException {
    DataSet data =
        DataSet.of(
            "clusters",
            Metric.EUCLIDEAN,
            VectorRows.of(base),
            VectorGenerators.slice(all, N, N + QUERIES),
            truth);
    // leaves training to the merge, as a remote trainer does
    IvfParams params =
        IvfParams.DEFAULT.withThresholds(new IvfParams.Thresholds(1_000, Integer.MAX_VALUE, 6));
    VectorIndex.write(folder, data, new IvfVectorsFormat(params), 4).close();
    return folder;
  }

  private static Path copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName().toString()));
      }
    }
    return to;
  }

  private static SidecarCounters mergeAndKill(
      Path index, SidecarProcess sidecar, long delay, boolean whileEncoding) throws Exception {
    CountDownLatch begun = new CountDownLatch(whileEncoding ? 1 : 0);
    SidecarCounters counters = new SidecarCounters();
    List<IndexEvent> events = new CopyOnWriteArrayList<>();
    try (SidecarConnection connection = SidecarConnection.open(patient(sidecar.port()))) {
      Ports ports =
          Ports.LOCAL
              .withTrainer(
                  new FallbackTrainer(
                      new RemoteCodebookTrainer(connection), new LocalCodebookTrainer(), counters))
              .withEncoder(
                  new FallbackEncoder(
                      telling(new RemoteVectorEncoder(connection), begun),
                      new LocalVectorEncoder(),
                      counters))
              .withListener(events::add);
      Thread killer =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  begun.await();
                  TimeUnit.MILLISECONDS.sleep(delay);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                sidecar.kill();
              });
      VectorIndex.forceMerge(index, new IvfVectorsFormat(IvfParams.DEFAULT, ports)).close();
      killer.join();
      sidecar.awaitExit(10);
    }
    assertEquals(IndexEvent.Action.TRAIN, events.getLast().action());
    return counters;
  }

  /** Deadlines that a busy machine keeps: death is noticed by the broken connection. */
  private static RemoteConfig patient(int port) {
    Duration minute = Duration.ofMinutes(1);
    return RemoteConfig.of("127.0.0.1", port).withDeadlines(minute, minute, minute);
  }

  /** The same encoder, which tells when its work begins. */
  private static VectorEncoder telling(VectorEncoder encoder, CountDownLatch begun) {
    return new VectorEncoder() {
      @Override
      public void encode(
          Codebook codebook,
          Encoding encoding,
          VectorSource vectors,
          EncodedSink sink,
          AbortCheck abort)
          throws IOException {
        begun.countDown();
        encoder.encode(codebook, encoding, vectors, sink, abort);
      }
    };
  }

  private double check(Path folder) throws IOException {
    try (Directory directory = FSDirectory.open(folder);
        CheckIndex check = new CheckIndex(directory)) {
      assertTrue(check.checkIndex().clean, "CheckIndex");
    }
    try (VectorIndex index = VectorIndex.open(folder)) {
      assertEquals(1, index.segments());
      assertEquals(N, index.reader().numDocs());
      double found = 0;
      for (int q = 0; q < QUERIES; q++) {
        Set<Integer> expected = new HashSet<>();
        for (int row : truth[q]) {
          expected.add(row);
        }
        for (ScoreDoc hit :
            index
                .searcher()
                .search(new KnnFloatVectorQuery(VectorIndex.FIELD, all.row(N + q), 10), 10)
                .scoreDocs) {
          found += expected.contains(index.row(hit.doc)) ? 1 : 0;
        }
      }
      double recall = found / QUERIES / 10;
      assertTrue(recall >= 0.95, "recall@10 " + recall);
      return recall;
    }
  }
}

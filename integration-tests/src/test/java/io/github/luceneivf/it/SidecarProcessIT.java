// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sidecar as a process: signals, the lock on its data, a small heap, sudden death. */
class SidecarProcessIT {

  @TempDir Path data;

  @Test
  void sigtermEndsWithStatusZero() throws Exception {
    try (SidecarProcess server = SidecarProcess.start(data, "256m")) {
      server.terminate();
      assertEquals(0, server.awaitExit(20), server.log());
      assertTrue(server.log().contains("draining"), server.log());
    }
  }

  @Test
  void secondServerOnTheSameDataIsRefused() throws Exception {
    try (SidecarProcess _ = SidecarProcess.start(data, "128m")) {
      Path log = data.resolve("second.log");
      Process second = SidecarProcess.launch(data, log, "128m");
      assertTrue(second.waitFor(20, TimeUnit.SECONDS));
      assertNotEquals(0, second.exitValue());
      String message = Files.readString(log);
      assertTrue(message.contains("data directory is in use by another server"), message);
      assertFalse(message.contains("\tat "), message);
    }
  }

  @Test
  void otherAddressesThanLoopbackNeedAFlag() throws Exception {
    Path log = data.resolve("refused.log");
    Process refused = SidecarProcess.launch(data, log, "128m", "--host", "0.0.0.0");
    assertTrue(refused.waitFor(20, TimeUnit.SECONDS));
    assertEquals(2, refused.exitValue());
    String message = Files.readString(log);
    assertTrue(message.contains("--allow-remote-plaintext"), message);
  }

  @Test
  void lockIsFreeAfterSuddenDeath() throws Exception {
    try (SidecarProcess server = SidecarProcess.start(data, "128m")) {
      server.kill();
      server.awaitExit(10);
    }
    try (SidecarProcess again = SidecarProcess.start(data, "128m")) {
      assertTrue(again.isAlive());
    }
  }

  @Test
  void deathInTheMiddleOfAnEncodeIsMadeUpForHere() throws Exception {
    FloatMatrix vectors = SidecarData.sample();
    TrainingRequest request = SidecarData.request(Metric.COSINE, Encoding.BIT1);
    SidecarCounters counters = new SidecarCounters();
    try (SidecarProcess server = SidecarProcess.start(data, "256m");
        SidecarConnection connection =
            SidecarConnection.open(RemoteConfig.of("127.0.0.1", server.port()))) {
      TrainedCodebook trained =
          new FallbackTrainer(
                  new RemoteCodebookTrainer(connection), new LocalCodebookTrainer(), counters)
              .train(request, vectors, TrainingMonitor.NONE);
      assertEquals(1, counters.remote());
      SidecarData.Collected codes = new SidecarData.Collected();
      new FallbackEncoder(new RemoteVectorEncoder(connection), new LocalVectorEncoder(), counters)
          .encode(
              trained.codebook(),
              Encoding.BIT1,
              new StoppingSource(vectors, server::kill),
              codes,
              AbortCheck.NONE);
      assertEquals(1, counters.fallbacks(), counters.toString());
      SidecarData.Collected local = new SidecarData.Collected();
      new LocalVectorEncoder()
          .encode(trained.codebook(), Encoding.BIT1, vectors.asSource(), local, AbortCheck.NONE);
      assertTrue(Arrays.equals(local.bytes(), codes.bytes()));
    }
  }

  @Test
  void sigtermLetsARunningEncodeEnd() throws Exception {
    FloatMatrix vectors = SidecarData.sample();
    TrainedCodebook trained =
        new LocalCodebookTrainer()
            .train(
                SidecarData.request(Metric.COSINE, Encoding.BIT1), vectors, TrainingMonitor.NONE);
    try (SidecarProcess server = SidecarProcess.start(data, "256m");
        SidecarConnection connection =
            SidecarConnection.open(RemoteConfig.of("127.0.0.1", server.port()))) {
      SidecarData.Collected codes = new SidecarData.Collected();
      new RemoteVectorEncoder(connection)
          .encode(
              trained.codebook(),
              Encoding.BIT1,
              new StoppingSource(vectors, server::terminate),
              codes,
              AbortCheck.NONE);
      assertEquals(vectors.rows(), codes.count());
      assertEquals(0, server.awaitExit(20), server.log());
    }
  }

  /** Does something to the server when a third of the vectors is read. */
  private record StoppingSource(FloatMatrix vectors, Runnable stop) implements VectorSource {
    @Override
    public int size() {
      return vectors.rows();
    }

    @Override
    public int dim() {
      return vectors.dim();
    }

    @Override
    public void forEachBatch(int batchSize, BatchConsumer consumer) throws IOException {
      vectors
          .asSource()
          .forEachBatch(
              Math.min(batchSize, vectors.rows() / 10),
              (rows, firstOrd, count) -> {
                if (firstOrd == vectors.rows() / 10 * 3) {
                  stop.run();
                }
                consumer.accept(rows, firstOrd, count);
              });
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.client.FallbackEncoder;
import io.github.luceneivf.client.RemoteConfig;
import io.github.luceneivf.client.RemoteVectorEncoder;
import io.github.luceneivf.client.SidecarConnection;
import io.github.luceneivf.client.SidecarCounters;
import io.github.luceneivf.client.SidecarException.Reason;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.VectorEncoder;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.server.SidecarServer;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.config.ServerConfig;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * More merges at a time than the sidecar's memory has room for: it takes what fits and refuses the
 * others, which are done in this process; none fails, and all get the same codes.
 */
class MergesAtOnceIT {

  private static final int MERGES = 6;

  /** Room for two streams of a small codebook, not for three. */
  private static final long MEMORY = 13 << 20;

  @TempDir Path data;

  private static ServerConfig config(Path data) {
    Limits usual = Limits.defaults();
    Limits limits =
        new Limits(
            usual.maxDims(),
            usual.maxNlist(),
            usual.maxSampleBytes(),
            usual.maxJobs(),
            MERGES,
            MEMORY,
            usual.threads(),
            usual.maxConnections());
    return new ServerConfig("127.0.0.1", 0, data, false, limits, ServerConfig.Times.DEFAULT);
  }

  @Test
  void sidecarTakesWhatItHasRoomFor() throws Exception {
    FloatMatrix vectors = SidecarData.sample();
    Codebook codebook =
        new LocalCodebookTrainer()
            .train(
                SidecarData.request(Metric.EUCLIDEAN, Encoding.BIT1), vectors, TrainingMonitor.NONE)
            .codebook();
    SidecarData.Collected expected = new SidecarData.Collected();
    new LocalVectorEncoder()
        .encode(codebook, Encoding.BIT1, vectors.asSource(), expected, AbortCheck.NONE);
    SidecarCounters counters = new SidecarCounters();
    try (SidecarServer server = SidecarServer.start(config(data));
        SidecarConnection connection =
            SidecarConnection.open(RemoteConfig.of("127.0.0.1", server.port()));
        ExecutorService threads = Executors.newFixedThreadPool(MERGES)) {
      VectorEncoder encoder =
          new FallbackEncoder(
              new RemoteVectorEncoder(connection), new LocalVectorEncoder(), counters);
      CountDownLatch reading = new CountDownLatch(MERGES);
      Callable<byte[]> merge =
          () -> {
            SidecarData.Collected codes = new SidecarData.Collected();
            VectorSource source = new Together(vectors.asSource(), reading);
            encoder.encode(codebook, Encoding.BIT1, source, codes, AbortCheck.NONE);
            return codes.bytes();
          };
      List<Callable<byte[]>> merges = new ArrayList<>();
      for (int i = 0; i < MERGES; i++) {
        merges.add(merge);
      }
      for (Future<byte[]> codes : threads.invokeAll(merges)) {
        assertArrayEquals(expected.bytes(), codes.get());
      }
      assertEquals(2, counters.remote(), counters.toString());
      assertEquals(MERGES - 2, counters.fallbacks(Reason.REFUSED), counters.toString());
      assertArrayEquals(expected.bytes(), merge.call());
      assertEquals(3, counters.remote(), "room was given back: " + counters);
    }
  }

  /** Vectors that are read once all merges have been admitted or refused. */
  private record Together(VectorSource vectors, CountDownLatch reading) implements VectorSource {

    @Override
    public int size() {
      return vectors.size();
    }

    @Override
    public int dim() {
      return vectors.dim();
    }

    @Override
    public void forEachBatch(int batchSize, BatchConsumer consumer) throws IOException {
      reading.countDown();
      try {
        assertTrue(reading.await(30, TimeUnit.SECONDS), "all merges began");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while other merges began");
      }
      vectors.forEachBatch(batchSize, consumer);
    }
  }
}

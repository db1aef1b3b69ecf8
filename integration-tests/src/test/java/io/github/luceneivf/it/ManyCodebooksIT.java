// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.client.RemoteCodebookTrainer;
import io.github.luceneivf.client.RemoteConfig;
import io.github.luceneivf.client.RemoteVectorEncoder;
import io.github.luceneivf.client.SidecarConnection;
import io.github.luceneivf.client.SidecarException;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.quantization.SubCodebooks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A small heap and a thousand encode streams, each with another codebook, which is almost all
 * sub-codebooks: what is held is weighed, so that a stream is served or told to come again.
 */
class ManyCodebooksIT {

  private static final int STREAMS = 1000;
  private static final int AT_ONCE = 24;
  private static final int DIM = 1024;
  private static final int ROWS = 16;
  private static final long SEED = 7;
  private static final long MINUTES = 4;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final FloatMatrix VECTORS = new FloatMatrix(floats(ROWS * DIM), ROWS, DIM);
  private static final SubCodebooks SUB_CODEBOOKS = new SubCodebooks(256, 8, floats(256 * DIM));

  @TempDir Path data;

  private static float[] floats(int count) {
    Random random = new Random(SEED);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  private static Codebook codebook(int number) {
    FloatMatrix centroids = new FloatMatrix(new float[DIM], 1, DIM);
    return new Codebook(
        new Codebook.Content(
            new VectorSpace(Metric.EUCLIDEAN, 0),
            centroids,
            new float[1],
            new float[DIM],
            number,
            Optional.of(SUB_CODEBOOKS)),
        new Codebook.Lineage(1, Optional.empty(), 1));
  }

  @Test
  void thousandStreamsPassThroughASmallHeap() throws Exception {
    try (SidecarProcess server = SidecarProcess.start(data, "256m");
        SidecarConnection connection =
            SidecarConnection.open(
                RemoteConfig.of("127.0.0.1", server.port())
                    .withDeadlines(PATIENCE, PATIENCE, PATIENCE))) {
      AtomicInteger next = new AtomicInteger();
      AtomicInteger refusals = new AtomicInteger();
      try (ExecutorService clients = Executors.newFixedThreadPool(AT_ONCE)) {
        List<Future<Integer>> done = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
          done.add(
              clients.submit(() -> {
                int streams = 0;
                for (int n = next.getAndIncrement(); n < STREAMS; n = next.getAndIncrement()) {
                  refusals.addAndGet(encode(connection, codebook(n)));
                  streams++;
                }
                return streams;
              }));
        }
        int passed = 0;
        for (Future<Integer> streams : done) {
          passed += streams.get(MINUTES, TimeUnit.MINUTES);
        }
        assertEquals(STREAMS, passed);
      }
      assertTrue(server.isAlive());
      String log = server.log();
      assertFalse(log.contains("OutOfMemoryError") || log.contains("out of memory"), log);
      new RemoteCodebookTrainer(connection)
          .train(
              SidecarData.request(Metric.COSINE, Encoding.PQ8),
              SidecarData.sample(),
              TrainingMonitor.NONE);
    }
  }

  /** Encodes until the sidecar has room; returns how often it had none. */
  private static int encode(SidecarConnection connection, Codebook codebook) throws IOException {
    RemoteVectorEncoder encoder = new RemoteVectorEncoder(connection);
    SidecarData.Collected codes = new SidecarData.Collected();
    for (int refusals = 0; ; refusals++) {
      try {
        codes.restart();
        encoder.encode(codebook, Encoding.PQ8, VECTORS.asSource(), codes, AbortCheck.NONE);
        assertEquals(ROWS, codes.count());
        return refusals;
      } catch (SidecarException e) {
        String text = String.valueOf(e.getMessage());
        if (!text.contains("RESOURCE_EXHAUSTED")) {
          throw e;
        }
        pause();
      }
    }
  }

  /** What the server wishes for is 5 s; the next place is free sooner. */
  private static void pause() throws IOException {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.luceneivf.client.RemoteConfig;
import io.github.luceneivf.client.RemoteVectorEncoder;
import io.github.luceneivf.client.SidecarConnection;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.EncodedSink;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.codebook.VectorEncoder;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.server.SidecarServer;
import io.github.luceneivf.server.config.ServerConfig;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Vectors per second through an encode stream over the loopback, and which threads spend the time:
 * {@code -Divf.measure=true} runs it and prints the figures. CPU time of each stage, because they
 * overlap: with a core for each the slowest bounds the whole.
 */
@EnabledIfSystemProperty(named = "ivf.measure", matches = "true")
class EncodeThroughputIT {

  private static final int ROWS = 1 << 16;
  private static final int ROUNDS = 6;

  @TempDir Path data;

  @Test
  void figures() throws Exception {
    try (SidecarServer server = SidecarServer.start(ServerConfig.local(data));
        SidecarConnection connection =
            SidecarConnection.open(RemoteConfig.of("127.0.0.1", server.port()))) {
      for (int dim : new int[] {128, 384, 1024}) {
        for (int nlist : new int[] {1, 16, 64, 256}) {
          measure(connection, dim, nlist);
        }
      }
    }
  }

  private static FloatMatrix vectors(int rows, int dim) {
    Random random = new Random(3);
    float[] values = new float[rows * dim];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return new FloatMatrix(values, rows, dim);
  }

  private static void measure(SidecarConnection connection, int dim, int nlist) throws IOException {
    FloatMatrix vectors = vectors(ROWS * 128 / dim, dim);
    TrainingRequest request =
        new TrainingRequest(
            Metric.EUCLIDEAN,
            Encoding.BIT1,
            KMeansParams.of(nlist, 1),
            vectors.rows(),
            Optional.empty());
    FloatMatrix sample = vectors(Math.max(4 * nlist, 300), dim);
    Codebook codebook =
        new LocalCodebookTrainer().train(request, sample, TrainingMonitor.NONE).codebook();
    double gigabytes = 4e-9 * vectors.rows() * dim;
    VectorEncoder remote = new RemoteVectorEncoder(connection);
    encode(remote, codebook, vectors);
    encode(remote, codebook, vectors);
    long best = Long.MAX_VALUE;
    Map<String, Long> before = cpuByStage();
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      encode(remote, codebook, vectors);
      best = Math.min(best, System.nanoTime() - start);
    }
    Map<String, Long> after = cpuByStage();
    StringBuilder line = new StringBuilder();
    line.append(
        "dim %4d nlist %3d: best round %.2f GB/s; GB per CPU second"
            .formatted(dim, nlist, 1e9 * gigabytes / best));
    after.forEach((stage, nanos) -> {
      long spent = nanos - before.getOrDefault(stage, 0L);
      if (spent > 0) {
        line.append(" %s %.2f".formatted(stage, 1e9 * ROUNDS * gigabytes / spent));
      }
    });
    long start = threadCpu();
    encode(new LocalVectorEncoder(), codebook, vectors);
    line.append(", encoder alone %.2f".formatted(1e9 * gigabytes / (threadCpu() - start)));
    System.out.println(line);
  }

  private static void encode(VectorEncoder encoder, Codebook codebook, FloatMatrix vectors)
      throws IOException {
    int[] received = {0};
    VectorSource source = vectors.asSource();
    EncodedSink sink =
        new EncodedSink() {
          @Override
          public void accept(int firstOrd, int count, int[] lists, byte[] records) {
            received[0] += count;
          }

          @Override
          public void acceptCopies(int count, int[] ords, int[] lists, byte[] records) {
            throw new AssertionError("no vector is in two lists here");
          }

          @Override
          public void restart() {
            received[0] = 0;
          }
        };
    encoder.encode(codebook, Encoding.BIT1, source, sink, () -> {});
    assertEquals(vectors.rows(), received[0]);
  }

  private static long threadCpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static Map<String, Long> cpuByStage() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    Map<String, Long> byStage = new TreeMap<>();
    for (long id : threads.getAllThreadIds()) {
      var info = threads.getThreadInfo(id);
      if (info != null) {
        byStage.merge(stage(info.getThreadName(), id), threads.getThreadCpuTime(id), Long::sum);
      }
    }
    return byStage;
  }

  private static String stage(String thread, long id) {
    if (id == Thread.currentThread().threadId()) {
      return "client";
    }
    if (thread.startsWith("ivf-sidecar-io")) {
      return "client-io";
    }
    if (thread.startsWith("ivf-sidecar")) {
      return "client-callbacks";
    }
    if (thread.startsWith("ivf-merge")) {
      return "server-encoder";
    }
    if (thread.startsWith("ivf-call")) {
      return "server-callbacks";
    }
    return thread.startsWith("grpc-") ? "server-io" : "other";
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.client.Drift;
import io.github.luceneivf.client.RemoteCodebookRegistry;
import io.github.luceneivf.client.RemoteCodebookSource;
import io.github.luceneivf.client.RemoteConfig;
import io.github.luceneivf.client.SidecarConnection;
import io.github.luceneivf.client.SidecarException;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.CodebookRef;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Codebooks that processes share through a sidecar that is killed in between. */
@Timeout(120)
class SharedCodebookIT {

  private static final String FIELD = "Title.vector"; // no name on the wire: goes by its hash
  private static final AbortCheck NEVER = () -> {};

  private static TrainedCodebook first;
  private static TrainedCodebook rival;
  private static TrainedCodebook second;

  @TempDir Path data;

  @BeforeAll
  static void train() throws IOException {
    first = train(1, Optional.empty());
    rival = train(2, Optional.empty());
    second =
        train(
            3,
            Optional.of(
                new CodebookRef(first.codebook().id(), first.codebook().lineage().version())));
  }

  private static TrainedCodebook train(long seed, Optional<CodebookRef> parent) throws IOException {
    int rows = 1000;
    int dim = 16;
    Random random = new Random(seed);
    float[] values = new float[rows * dim];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    TrainingRequest request =
        new TrainingRequest(
            Metric.EUCLIDEAN, Encoding.BIT1, KMeansParams.of(8, seed), rows, parent);
    return new LocalCodebookTrainer()
        .train(request, new FloatMatrix(values, rows, dim), TrainingMonitor.NONE);
  }

  private static void assertSame(TrainedCodebook wanted, TrainedCodebook got) {
    assertEquals(wanted.codebook().id(), got.codebook().id());
    assertEquals(wanted.codebook().lineage(), got.codebook().lineage());
    assertEquals(wanted.calibration(), got.calibration());
    assertEquals(wanted.report().trainedBy(), got.report().trainedBy());
    assertEquals(wanted.report().requestedLists(), got.report().requestedLists());
  }

  @Test
  void killedServerHasLostNothingThatItAnswered() throws Exception {
    try (SidecarProcess server = SidecarProcess.start(data, "128m");
        SidecarConnection connection = connect(server)) {
      RemoteCodebookRegistry registry = new RemoteCodebookRegistry(connection, "products", "a");
      assertTrue(registry.publish(FIELD, first, NEVER));
      assertFalse(registry.publish(FIELD, first, NEVER));
      SidecarException refused =
          assertThrows(SidecarException.class, () -> registry.publish(FIELD, rival, NEVER));
      assertEquals(SidecarException.Reason.REFUSED, refused.reason());
      assertTrue(String.valueOf(refused.getMessage()).contains("FAILED_PRECONDITION"));
      assertTrue(registry.publish(FIELD, second, NEVER));
      Drift drift = new Drift(first.codebook().id(), 1, 1000, 0.5, 1.2);
      assertEquals(2, registry.reportDrift(FIELD, drift, NEVER));
      server.kill();
      server.awaitExit(20);
    }
    try (SidecarProcess server = SidecarProcess.start(data, "128m");
        SidecarConnection connection = connect(server)) {
      RemoteCodebookRegistry registry = new RemoteCodebookRegistry(connection, "products", "b");
      TrainedCodebook fetched =
          registry.fetchLatest(FIELD, Optional.of(first.codebook().id()), NEVER).orElseThrow();
      assertSame(second, fetched);
      assertEquals(
          Optional.empty(),
          registry.fetchLatest(FIELD, Optional.of(second.codebook().id()), NEVER));
    }
  }

  private static SidecarConnection connect(SidecarProcess server) {
    return SidecarConnection.open(RemoteConfig.of("127.0.0.1", server.port()));
  }

  /** Waits for a source to know a version; its thread asks every second. */
  private static TrainedCodebook await(RemoteCodebookSource source, int version)
      throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    while (true) {
      Optional<TrainedCodebook> latest = source.latest(FIELD);
      if (latest.isPresent() && latest.get().codebook().lineage().version() == version) {
        return latest.get();
      }
      assertFalse(never.await(10, java.util.concurrent.TimeUnit.MILLISECONDS));
    }
  }

  @Test
  void processesShareWhatOneOfThemTrained() throws Exception {
    Duration second1 = Duration.ofSeconds(1);
    try (SidecarProcess server = SidecarProcess.start(data, "128m");
        SidecarConnection mine = connect(server);
        SidecarConnection yours = connect(server);
        RemoteCodebookSource a =
            RemoteCodebookSource.start(new RemoteCodebookRegistry(mine, "products", "a"), second1);
        RemoteCodebookSource b =
            RemoteCodebookSource.start(
                new RemoteCodebookRegistry(yours, "products", "b"), second1)) {
      assertEquals(Optional.empty(), a.latest(FIELD));
      a.offer(FIELD, first);
      assertSame(first, await(b, 1));
      b.offer(FIELD, rival); // comes too late: refused, the other one stays
      b.offer(FIELD, second);
      assertSame(second, await(a, 2));
      assertEquals(1, a.counters().published());
    }
    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().startsWith("ivf-codebooks")));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.client.FallbackEncoder;
import io.github.luceneivf.client.FallbackTrainer;
import io.github.luceneivf.client.RemoteCodebookTrainer;
import io.github.luceneivf.client.RemoteConfig;
import io.github.luceneivf.client.RemoteVectorEncoder;
import io.github.luceneivf.client.SidecarConnection;
import io.github.luceneivf.client.SidecarCounters;
import io.github.luceneivf.client.SidecarException;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.codebook.QuerySample;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingProgress;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.server.SidecarServer;
import io.github.luceneivf.server.config.ServerConfig;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client with the real server on a real port. */
class SidecarIT {

  @TempDir Path data;
  private SidecarServer server;
  private SidecarConnection connection;

  @BeforeEach
  void start() throws IOException {
    server = SidecarServer.start(ServerConfig.local(data));
    connection = SidecarConnection.open(RemoteConfig.of("127.0.0.1", server.port()));
  }

  @AfterEach
  void stop() {
    connection.close();
    server.close();
  }

  @Test
  void progressIsSeen() throws IOException {
    // So many vectors that the training goes on for a while once somebody watches it.
    FloatMatrix sample = SidecarData.sample(40_000);
    TrainingRequest request = SidecarData.request(Metric.EUCLIDEAN, Encoding.BIT1);
    Set<TrainingProgress.Phase> phases = EnumSet.noneOf(TrainingProgress.Phase.class);
    new RemoteCodebookTrainer(connection).train(request, sample, collecting(phases));
    assertFalse(phases.isEmpty());
  }

  @Test
  void remoteTrainingGivesTheSameCodebookAsLocal() throws IOException {
    FloatMatrix sample = SidecarData.sample();
    for (Metric metric : Metric.values()) {
      // Two of these have sub-codebooks.
      Encoding encoding =
          switch (metric) {
            case EUCLIDEAN -> Encoding.BIT1;
            case COSINE -> Encoding.PQ4;
            case INNER_PRODUCT -> Encoding.PQ8;
          };
      TrainingRequest request = SidecarData.request(metric, encoding);
      TrainedCodebook remote =
          new RemoteCodebookTrainer(connection).train(request, sample, TrainingMonitor.NONE);
      TrainedCodebook local =
          new LocalCodebookTrainer().train(request, sample, TrainingMonitor.NONE);
      assertEquals(local.codebook().id(), remote.codebook().id());
      assertArrayEquals(local.codebook().toBytes(), remote.codebook().toBytes());
      assertEquals(local.calibration(), remote.calibration());
      assertEquals(local.report().clustering().sizes(), remote.report().clustering().sizes());
      assertEquals("sidecar 127.0.0.1:" + server.port(), remote.report().trainedBy());
    }
  }

  @Test
  void queriesJudgeTheCodebookThereAsHere() throws IOException {
    FloatMatrix sample = SidecarData.sample();
    // More than one chunk of the default size, so that their order counts.
    QuerySample queries =
        QuerySample.of(VectorGenerators.uniform(7000, SidecarData.DIM, SidecarData.SEED));
    for (Metric metric : Metric.values()) {
      TrainingRequest plain = SidecarData.request(metric, Encoding.BIT1);
      TrainingRequest asking = plain.withQuerySample(queries);
      RemoteCodebookTrainer trainer = new RemoteCodebookTrainer(connection);
      TrainedCodebook remote = trainer.train(asking, sample, TrainingMonitor.NONE);
      TrainedCodebook local =
          new LocalCodebookTrainer().train(asking, sample, TrainingMonitor.NONE);
      assertEquals(local.calibration(), remote.calibration());
      assertEquals(local.codebook().id(), remote.codebook().id());
      TrainedCodebook without = trainer.train(plain, sample, TrainingMonitor.NONE);
      assertEquals(without.codebook().id(), remote.codebook().id());
      assertNotEquals(without.calibration(), remote.calibration());
      TrainedCodebook again = trainer.train(asking, sample, TrainingMonitor.NONE);
      assertEquals(remote.report().total(), again.report().total(), "trained once");
    }
  }

  private static TrainingMonitor collecting(Set<TrainingProgress.Phase> phases) {
    return new TrainingMonitor() {
      @Override
      public void check() {}

      @Override
      public void progress(TrainingProgress progress) {
        phases.add(progress.phase());
      }
    };
  }

  @Test
  void sameTrainingTwiceIsOneJob() throws IOException {
    FloatMatrix sample = SidecarData.sample();
    TrainingRequest request = SidecarData.request(Metric.COSINE, Encoding.INT8);
    RemoteCodebookTrainer trainer = new RemoteCodebookTrainer(connection);
    TrainedCodebook first = trainer.train(request, sample, TrainingMonitor.NONE);
    TrainedCodebook second = trainer.train(request, sample, TrainingMonitor.NONE);
    assertEquals(first.report().total(), second.report().total(), "the second was not trained");
  }

  @Test
  void remoteEncodingGivesTheSameBytesAsLocal() throws IOException {
    FloatMatrix vectors = SidecarData.sample();
    for (Metric metric : Metric.values()) {
      TrainedCodebook plain =
          new LocalCodebookTrainer()
              .train(SidecarData.request(metric, Encoding.BIT1), vectors, TrainingMonitor.NONE);
      for (Encoding encoding : Encoding.all()) {
        TrainedCodebook trained =
            plain.codebook().supports(encoding)
                ? plain
                : new LocalCodebookTrainer()
                    .train(SidecarData.request(metric, encoding), vectors, TrainingMonitor.NONE);
        SidecarData.Collected local = new SidecarData.Collected();
        new LocalVectorEncoder()
            .encode(trained.codebook(), encoding, vectors.asSource(), local, AbortCheck.NONE);
        RemoteVectorEncoder encoder = new RemoteVectorEncoder(connection);
        for (int round = 0; round < 2; round++) { // the second names the codebook by its id
          SidecarData.Collected remote = new SidecarData.Collected();
          encoder.encode(trained.codebook(), encoding, vectors.asSource(), remote, AbortCheck.NONE);
          assertEquals(vectors.rows(), remote.count());
          assertTrue(remote.copies() > 0, "no vector is in two lists");
          assertArrayEquals(local.bytes(), remote.bytes());
        }
      }
    }
  }

  @Test
  void codebookThatTheSidecarForgotIsSentAgain(@TempDir Path other) throws IOException {
    FloatMatrix vectors = SidecarData.sample();
    TrainedCodebook trained =
        new RemoteCodebookTrainer(connection)
            .train(
                SidecarData.request(Metric.EUCLIDEAN, Encoding.BIT1),
                vectors,
                TrainingMonitor.NONE);
    int port = server.port();
    server.close();
    ServerConfig local = ServerConfig.local(other);
    server =
        SidecarServer.start(
            new ServerConfig(local.host(), port, other, false, local.limits(), local.times()));
    SidecarData.Collected codes = new SidecarData.Collected();
    SidecarCounters counters = new SidecarCounters();
    FallbackEncoder encoder =
        new FallbackEncoder(
            new RemoteVectorEncoder(connection), new LocalVectorEncoder(), counters);
    // The first call may still meet the broken connection.
    for (int round = 0; round < 2; round++) {
      codes.restart();
      encoder.encode(trained.codebook(), Encoding.BIT1, vectors.asSource(), codes, AbortCheck.NONE);
      assertEquals(vectors.rows(), codes.count());
    }
    assertTrue(counters.remote() >= 1, counters.toString());
  }

  @Test
  void deadSidecarIsReplacedByLocalWork() throws IOException {
    server.close();
    FloatMatrix sample = SidecarData.sample();
    SidecarCounters counters = new SidecarCounters();
    FallbackTrainer trainer =
        new FallbackTrainer(
            new RemoteCodebookTrainer(connection), new LocalCodebookTrainer(), counters);
    TrainingRequest request = SidecarData.request(Metric.EUCLIDEAN, Encoding.BIT1);
    TrainedCodebook first = trainer.train(request, sample, TrainingMonitor.NONE);
    assertEquals("in-process", first.report().trainedBy());
    assertEquals(1, counters.fallbacks(SidecarException.Reason.UNAVAILABLE));
    assertEquals(0, counters.remote());
  }

  @Test
  void abortEndsTheTrainingAndItsJob() throws Exception {
    FloatMatrix sample = SidecarData.sample();
    IOException stop = new IOException("merge aborted");
    TrainingMonitor aborting =
        new TrainingMonitor() {
          @Override
          public void check() {}

          @Override
          public void progress(TrainingProgress progress) throws IOException {
            throw stop;
          }
        };
    SidecarCounters counters = new SidecarCounters();
    FallbackTrainer trainer =
        new FallbackTrainer(
            new RemoteCodebookTrainer(connection), new LocalCodebookTrainer(), counters);
    IOException thrown =
        assertThrows(
            IOException.class,
            () ->
                trainer.train(SidecarData.request(Metric.COSINE, Encoding.BIT1), sample, aborting));
    assertEquals(stop, thrown);
    assertEquals(1, counters.rethrown());
    assertEquals(0, counters.fallbacks());
  }
}

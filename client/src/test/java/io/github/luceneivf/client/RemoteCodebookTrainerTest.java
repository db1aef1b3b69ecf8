// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.QuerySample;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingProgress;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.proto.v1.CreateTrainingJobResponse;
import io.github.luceneivf.proto.v1.WatchJobResponse;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RemoteCodebookTrainerTest {

  private static FloatMatrix sample;
  private static TrainedCodebook local;

  @BeforeAll
  static void train() throws IOException {
    sample = TestVectors.sample();
    local = TestVectors.trained(TestVectors.request(), sample);
  }

  @Test
  void goodSidecarTrains() throws IOException {
    List<TrainingProgress> seen = new ArrayList<>();
    TrainingMonitor monitor =
        new TrainingMonitor() {
          @Override
          public void check() {}

          @Override
          public void progress(TrainingProgress progress) {
            seen.add(progress);
          }
        };
    try (FakeSidecar sidecar = new FakeSidecar(local, FakeSidecar.Fault.NONE)) {
      TrainedCodebook remote =
          new RemoteCodebookTrainer(sidecar.connection())
              .train(TestVectors.request(), sample, monitor);
      assertEquals(local.codebook().id(), remote.codebook().id());
      assertEquals(local.calibration(), remote.calibration());
      assertEquals("sidecar sidecar:7070", remote.report().trainedBy());
      assertEquals(1, seen.size());
      assertEquals(50, seen.getFirst().percent());
      assertEquals(1, sidecar.jobCancelled.getCount(), "a finished job is not cancelled");
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.luceneivf.client.TrainingFaults#all")
  void misbehaviourIsFoundAndTheSameTrainingIsDoneHere(TrainingFaults.Case wrong)
      throws IOException {
    SidecarCounters counters = new SidecarCounters();
    try (FakeSidecar sidecar = new FakeSidecar(local, wrong.fault())) {
      RemoteCodebookTrainer remote = new RemoteCodebookTrainer(sidecar.connection());
      SidecarException found =
          assertThrows(
              SidecarException.class,
              () -> remote.train(TestVectors.request(), sample, TrainingMonitor.NONE));
      assertEquals(wrong.reason(), found.reason(), found.getMessage());
      assertTrue(String.valueOf(found.getMessage()).contains(wrong.text()), found.getMessage());

      TrainedCodebook trained =
          new FallbackTrainer(
                  new RemoteCodebookTrainer(sidecar.connection()),
                  new LocalCodebookTrainer(),
                  counters)
              .train(TestVectors.request(), sample, TrainingMonitor.NONE);
      assertEquals(local.codebook().id(), trained.codebook().id());
      assertEquals("in-process", trained.report().trainedBy());
      assertEquals(1, counters.fallbacks(wrong.reason()));
    }
  }

  @Test
  void codebookWithoutTheSubCodebooksAskedForIsRefused() throws IOException {
    TrainingRequest request = TestVectors.request(Encoding.PQ4, TestVectors.NLIST);
    try (FakeSidecar sidecar = new FakeSidecar(local, FakeSidecar.Fault.NONE)) {
      RemoteCodebookTrainer remote = new RemoteCodebookTrainer(sidecar.connection());
      SidecarException found =
          assertThrows(
              SidecarException.class, () -> remote.train(request, sample, TrainingMonitor.NONE));
      assertTrue(
          String.valueOf(found.getMessage()).contains("must have sub-codebooks for PQ4"),
          found.getMessage());
    }
    TrainedCodebook own = TestVectors.trained(request, sample);
    try (FakeSidecar sidecar = new FakeSidecar(own, FakeSidecar.Fault.NONE)) {
      TrainedCodebook remote =
          new RemoteCodebookTrainer(sidecar.connection())
              .train(request, sample, TrainingMonitor.NONE);
      assertEquals(own.codebook().id(), remote.codebook().id());
    }
  }

  @Test
  void abortIsRethrownAndCancelsTheJobAtOnce() throws Exception {
    IOException stop = new IOException("merge aborted");
    AtomicBoolean watched = new AtomicBoolean();
    TrainingMonitor monitor =
        () -> {
          if (watched.get()) {
            throw stop;
          }
        };
    FakeSidecar.Fault silentJob =
        message -> {
          if (message instanceof WatchJobResponse) {
            watched.set(true);
            return null;
          }
          return List.of(message);
        };
    SidecarCounters counters = new SidecarCounters();
    try (FakeSidecar sidecar = new FakeSidecar(local, silentJob)) {
      FallbackTrainer trainer =
          new FallbackTrainer(
              new RemoteCodebookTrainer(sidecar.connection()),
              new LocalCodebookTrainer(),
              counters);
      IOException thrown =
          assertThrows(
              IOException.class, () -> trainer.train(TestVectors.request(), sample, monitor));
      assertSame(stop, thrown);
      assertTrue(sidecar.cancelled.await(5, TimeUnit.SECONDS), "call cancelled");
      assertTrue(sidecar.jobCancelled.await(5, TimeUnit.SECONDS), "job cancelled");
    }
    assertEquals(1, counters.rethrown());
    assertEquals(0, counters.fallbacks());
  }

  private static TrainingRequest asking(int dim) {
    float[] queries = new float[30 * dim];
    for (int i = 0; i < queries.length; i++) {
      queries[i] = i % 17 - 8;
    }
    return TestVectors.request().withQuerySample(QuerySample.of(new FloatMatrix(queries, 30, dim)));
  }

  /** It would calibrate without them, and nobody would notice. */
  @Test
  void sidecarThatKnowsOfNoQueriesIsNotLetTrain() throws IOException {
    FakeSidecar.Fault older =
        message -> {
          if (message instanceof CreateTrainingJobResponse created) {
            var answer = created.toBuilder();
            answer.getJobBuilder().getSpecBuilder().clearQueryRows().clearQuerySha256();
            return List.of(answer.build());
          }
          return List.of(message);
        };
    try (FakeSidecar sidecar = new FakeSidecar(local, older)) {
      RemoteCodebookTrainer trainer = new RemoteCodebookTrainer(sidecar.connection());
      SidecarException found =
          assertThrows(
              SidecarException.class,
              () -> trainer.train(asking(TestVectors.DIM), sample, TrainingMonitor.NONE));
      assertTrue(
          String.valueOf(found.getMessage()).contains("must be what was asked for"),
          found.getMessage());
      TrainedCodebook trained =
          new FallbackTrainer(trainer, new LocalCodebookTrainer())
              .train(asking(TestVectors.DIM), sample, TrainingMonitor.NONE);
      assertEquals(local.calibration().queries() + 30, trained.calibration().queries());
    }
  }

  @Test
  void queriesOfAnotherDimensionAreTheCallersFault() throws IOException {
    try (FakeSidecar sidecar = new FakeSidecar(local, FakeSidecar.Fault.NONE)) {
      RemoteCodebookTrainer trainer = new RemoteCodebookTrainer(sidecar.connection());
      assertThrows(
          IllegalArgumentException.class,
          () -> trainer.train(asking(TestVectors.DIM - 1), sample, TrainingMonitor.NONE));
    }
  }

  @Test
  void emptySampleIsTheCallersFault() throws IOException {
    try (FakeSidecar sidecar = new FakeSidecar(local, FakeSidecar.Fault.NONE)) {
      RemoteCodebookTrainer trainer = new RemoteCodebookTrainer(sidecar.connection());
      FloatMatrix empty = new FloatMatrix(new float[0], 0, 3);
      assertThrows(
          IllegalArgumentException.class,
          () -> trainer.train(TestVectors.request(), empty, TrainingMonitor.NONE));
    }
  }
}

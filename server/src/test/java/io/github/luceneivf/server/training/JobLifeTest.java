// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import static io.github.luceneivf.server.training.JobCalls.DIM;
import static io.github.luceneivf.server.training.JobCalls.ROWS;
import static io.github.luceneivf.server.training.JobCalls.SAMPLE;
import static io.github.luceneivf.server.training.JobCalls.cancel;
import static io.github.luceneivf.server.training.JobCalls.codebook;
import static io.github.luceneivf.server.training.JobCalls.created;
import static io.github.luceneivf.server.training.JobCalls.finish;
import static io.github.luceneivf.server.training.JobCalls.list;
import static io.github.luceneivf.server.training.JobCalls.spec;
import static io.github.luceneivf.server.training.JobCalls.upload;
import static io.github.luceneivf.server.training.JobCalls.watch;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.CodebookTrainer;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.proto.v1.GetCodebookRequest;
import io.github.luceneivf.proto.v1.GetJobRequest;
import io.github.luceneivf.proto.v1.GetJobResponse;
import io.github.luceneivf.proto.v1.GetTrainingReportRequest;
import io.github.luceneivf.proto.v1.GetTrainingReportResponse;
import io.github.luceneivf.proto.v1.Job;
import io.github.luceneivf.proto.v1.JobProgress;
import io.github.luceneivf.proto.v1.JobState;
import io.github.luceneivf.proto.v1.TrainingServiceGrpc;
import io.github.luceneivf.proto.v1.TrainingSpec;
import io.github.luceneivf.proto.v1.WatchJobRequest;
import io.github.luceneivf.proto.v1.WatchJobResponse;
import io.github.luceneivf.server.TestCall;
import io.github.luceneivf.server.TestServer;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.FloatBytes;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Leases, results on disk, restarts. */
@Timeout(60) // a watch of a job that never ends goes on for ever
class JobLifeTest {

  private static final Duration LEASE = Duration.ofMinutes(1);

  @TempDir Path data;

  private static TrainingSpec.Builder hashed() {
    byte[] bytes = FloatBytes.toBytes(SAMPLE, 0, ROWS * DIM).toByteArray();
    return spec().setSampleSha256(ByteString.copyFrom(Checksums.sha256().digest(bytes)));
  }

  private static Status codebookStatus(TestServer server, String job) throws Exception {
    return TestCall.status(
        server.channel(),
        TrainingServiceGrpc.getGetCodebookMethod(),
        List.of(GetCodebookRequest.newBuilder().setJobId(job).build()));
  }

  private static Job job(TestServer server, String id) throws Exception {
    TestCall<GetJobRequest, GetJobResponse> call =
        new TestCall<>(server.channel(), TrainingServiceGrpc.getGetJobMethod(), 2);
    call.send(GetJobRequest.newBuilder().setJobId(id).build());
    call.halfClose();
    return call.next().getJob();
  }

  private static GetTrainingReportResponse report(TestServer server, String id) throws Exception {
    TestCall<GetTrainingReportRequest, GetTrainingReportResponse> call =
        new TestCall<>(server.channel(), TrainingServiceGrpc.getGetTrainingReportMethod(), 2);
    call.send(GetTrainingReportRequest.newBuilder().setJobId(id).build());
    call.halfClose();
    return call.next();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("jobs"))) {
      return files.toList();
    }
  }

  @Test
  void resultSurvivesARestart() throws Exception {
    Job before;
    byte[] codebook;
    GetTrainingReportResponse report;
    try (TestServer server = TestServer.on(data)) {
      String id = created(server, hashed()).getId();
      finish(server, id);
      before = job(server, id);
      codebook = codebook(server, id);
      report = report(server, id);
    }
    try (TestServer server = TestServer.on(data)) {
      assertEquals(List.of(before.getId()), list(server));
      assertEquals(before, job(server, before.getId()));
      assertArrayEquals(codebook, codebook(server, before.getId()));
      assertEquals(report, report(server, before.getId()));
      Job again = created(server, hashed());
      assertEquals(before.getId(), again.getId());
      assertFalse(again.getSampleNeeded());
      assertEquals(
          JobState.JOB_STATE_SUCCEEDED,
          watch(server, again.getId()).next().getProgress().getState());
      server.awaitFreeMemory();
    }
  }

  @Test
  void jobThatRanIsNotFoundAfterARestart() throws Exception {
    String id;
    Endless trainer = new Endless();
    try (TestServer server = TestServer.on(data, trainer)) {
      id = created(server, hashed()).getId();
      upload(server, id);
      trainer.started.await();
    }
    // As a crash in the middle of writing a result leaves it.
    Files.writeString(data.resolve("jobs").resolve(id + ".job.part"), "half");
    try (TestServer server = TestServer.on(data)) {
      assertEquals(Status.Code.NOT_FOUND, codebookStatus(server, id).getCode());
      assertEquals(List.of(), files());
      assertTrue(created(server, hashed()).getSampleNeeded());
    }
  }

  @Test
  void resultExpiresEvenOverARestart() throws Exception {
    String id;
    try (TestServer server = TestServer.on(data)) {
      id = created(server, hashed()).getId();
      finish(server, id);
      server.clock.pass(Duration.ofMinutes(59));
      server.jobs.sweep();
      assertEquals(1, files().size());
    }
    try (TestServer server = TestServer.on(data)) { // whose clock was set back
      server.jobs.sweep();
      assertEquals(1, files().size());
      server.clock.pass(Duration.ofMinutes(61));
      server.jobs.sweep();
      assertEquals(List.of(), files());
      Status status = codebookStatus(server, id);
      assertEquals(Status.Code.NOT_FOUND, status.getCode());
      assertEquals("job " + id + " has expired: result was dropped", status.getDescription());
      assertTrue(created(server, hashed()).getSampleNeeded());
    }
  }

  @Test
  void settingTheTimeOfDayExpiresNothing() throws Exception {
    try (TestServer server = TestServer.on(data)) {
      String id = created(server, hashed()).getId();
      finish(server, id);
      server.clock.set(server.clock.now().plus(Duration.ofDays(400)));
      server.jobs.sweep();
      assertTrue(codebookStatus(server, id).isOk());
    }
  }

  @Test
  void worthlessJobsPushOutNoResult() throws Exception {
    try (TestServer server = TestServer.on(data)) {
      String id = created(server, hashed()).getId();
      finish(server, id);
      TrainingSpec.Builder worthless =
          spec().setDim(1).setNlist(1).setSampleRows(1).setPopulation(1);
      String first = "";
      for (int i = 0; i < 1005; i++) {
        String job = created(server, worthless).getId();
        first = first.isEmpty() ? job : first;
        cancel(server, job);
      }
      server.jobs.sweep();
      assertTrue(codebookStatus(server, id).isOk());
      assertEquals(1, files().size());
      assertEquals(1001, server.jobs.list().size());
      String oldest = first;
      assertThrows(RequestException.class, () -> server.jobs.get(oldest));
    }
  }

  @Test
  void newResultsPushOutOldOnesForWantOfDiskOnly() throws Exception {
    // A small result counts 64 KiB.
    TestServer.Keeping sixteen = TestServer.Keeping.DEFAULT.withBytes(1 << 20);
    List<String> ids = new ArrayList<>();
    try (TestServer server = TestServer.on(data, new LocalCodebookTrainer(), sixteen)) {
      for (int seed = 0; seed < 18; seed++) {
        ids.add(created(server, hashed().setSeed(seed)).getId());
        finish(server, ids.getLast());
        server.jobs.sweep();
      }
      while (files().size() > 16) { // a job is told of before the sweep is
        server.jobs.sweep();
      }
      assertEquals(16, files().size());
      assertEquals(Status.Code.NOT_FOUND, codebookStatus(server, ids.get(1)).getCode());
      assertTrue(codebookStatus(server, ids.get(2)).isOk());
    }
  }

  @Test
  void newestResultIsThatOfTheJobThatEndedLast() throws Exception {
    TestServer.Keeping sixteen = TestServer.Keeping.DEFAULT.withBytes(1 << 20);
    try (TestServer server = TestServer.on(data, new LocalCodebookTrainer(), sixteen)) {
      String slow = created(server, hashed()).getId();
      List<String> ids = new ArrayList<>();
      for (int seed = 1; seed <= 16; seed++) {
        ids.add(created(server, hashed().setSeed(seed)).getId());
        finish(server, ids.getLast());
      }
      finish(server, slow);
      while (files().size() > 16) { // a job is told of before the sweep is
        server.jobs.sweep();
      }
      assertTrue(codebookStatus(server, slow).isOk());
      assertEquals(Status.Code.NOT_FOUND, codebookStatus(server, ids.getFirst()).getCode());
    }
  }

  /** Throws an Error where a training could. */
  private static final class Broken implements CodebookTrainer {
    @Override
    public TrainedCodebook train(
        TrainingRequest request, FloatMatrix sample, TrainingMonitor monitor) {
      throw new StackOverflowError("test");
    }

    @Override
    public boolean isRemote() {
      return false;
    }
  }

  @Test
  void errorInATrainingEndsTheJobAndFreesItsMemory() throws Exception {
    try (TestServer server = TestServer.on(data, new Broken())) {
      String id = created(server, hashed()).getId();
      JobProgress progress = finish(server, id);
      assertEquals(JobState.JOB_STATE_FAILED, progress.getState());
      assertTrue(progress.getError().contains("internal error, id: "), progress::getError);
      server.awaitFreeMemory();
      assertEquals(0, server.jobs.unfinished());
    }
  }

  @Test
  void damagedResultIsToldAndDroppedAtTheNextStart() throws Exception {
    String id;
    try (TestServer server = TestServer.on(data)) {
      id = created(server, hashed()).getId();
      finish(server, id);
      Path file = files().getFirst();
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length - 40] ^= 1;
      Files.write(file, bytes);
      assertEquals(Status.Code.DATA_LOSS, codebookStatus(server, id).getCode());
      bytes[30] ^= 1;
      Files.write(file, bytes);
    }
    try (TestServer server = TestServer.on(data)) {
      assertEquals(List.of(), files());
      assertEquals(Status.Code.NOT_FOUND, codebookStatus(server, id).getCode());
    }
  }

  @Test
  void jobThatNobodyFollowsIsCancelled() throws Exception {
    Endless trainer = new Endless();
    try (TestServer server = TestServer.on(data, trainer)) {
      String id = created(server, hashed()).getId();
      upload(server, id);
      trainer.started.await();
      server.clock.pass(LEASE);
      assertEquals(JobState.JOB_STATE_RUNNING, job(server, id).getProgress().getState());
      server.clock.pass(LEASE);
      server.jobs.sweep(); // renewed by the question
      assertEquals(JobState.JOB_STATE_RUNNING, job(server, id).getProgress().getState());
      server.clock.pass(LEASE.plusNanos(1));
      server.jobs.sweep();
      JobProgress progress = job(server, id).getProgress();
      assertEquals(JobState.JOB_STATE_CANCELLED, progress.getState());
      assertEquals("nobody followed it for PT1M", progress.getError());
      trainer.stopped.await();
      server.awaitFreeMemory();
    }
  }

  @Test
  void watchedJobGoesOnUntilTheWatchEnds() throws Exception {
    Endless trainer = new Endless();
    try (TestServer server = TestServer.on(data, trainer)) {
      String id = created(server, hashed()).getId();
      upload(server, id);
      TestCall<WatchJobRequest, WatchJobResponse> watch = watch(server, id);
      watch.next();
      server.clock.pass(LEASE.multipliedBy(10));
      server.jobs.sweep();
      assertFalse(server.jobs.get(id).status().state().isFinal());
      watch.cancel();
      while (server.jobs.get(id).lease().isFollowed()) {
        Thread.onSpinWait();
      }
      server.clock.pass(LEASE.plusNanos(1));
      server.jobs.sweep();
      assertEquals(JobState.JOB_STATE_CANCELLED, job(server, id).getProgress().getState());
    }
  }
}

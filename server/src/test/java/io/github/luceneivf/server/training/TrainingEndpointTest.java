// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import static io.github.luceneivf.server.training.JobCalls.IDLE;
import static io.github.luceneivf.server.training.JobCalls.SAMPLE;
import static io.github.luceneivf.server.training.JobCalls.await;
import static io.github.luceneivf.server.training.JobCalls.cancel;
import static io.github.luceneivf.server.training.JobCalls.codebook;
import static io.github.luceneivf.server.training.JobCalls.createRequest;
import static io.github.luceneivf.server.training.JobCalls.created;
import static io.github.luceneivf.server.training.JobCalls.finish;
import static io.github.luceneivf.server.training.JobCalls.isFinal;
import static io.github.luceneivf.server.training.JobCalls.list;
import static io.github.luceneivf.server.training.JobCalls.spec;
import static io.github.luceneivf.server.training.JobCalls.upload;
import static io.github.luceneivf.server.training.JobCalls.watch;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.proto.v1.CreateTrainingJobRequest;
import io.github.luceneivf.proto.v1.Encoding;
import io.github.luceneivf.proto.v1.GetTrainingReportRequest;
import io.github.luceneivf.proto.v1.GetTrainingReportResponse;
import io.github.luceneivf.proto.v1.Job;
import io.github.luceneivf.proto.v1.JobPhase;
import io.github.luceneivf.proto.v1.JobProgress;
import io.github.luceneivf.proto.v1.JobState;
import io.github.luceneivf.proto.v1.ListJobsRequest;
import io.github.luceneivf.proto.v1.ListJobsResponse;
import io.github.luceneivf.proto.v1.Metric;
import io.github.luceneivf.proto.v1.TrainingReport;
import io.github.luceneivf.proto.v1.TrainingServiceGrpc;
import io.github.luceneivf.proto.v1.TrainingSpec;
import io.github.luceneivf.proto.v1.TrainingWarning;
import io.github.luceneivf.proto.v1.WarningKind;
import io.github.luceneivf.proto.v1.WatchJobRequest;
import io.github.luceneivf.proto.v1.WatchJobResponse;
import io.github.luceneivf.server.TestCall;
import io.github.luceneivf.server.TestServer;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.FloatBytes;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrainingEndpointTest {

  private static void assertRefused(
      Status.Code code, String text, TestServer server, CreateTrainingJobRequest request)
      throws Exception {
    Status status =
        TestCall.status(
            server.channel(), TrainingServiceGrpc.getCreateTrainingJobMethod(), List.of(request));
    assertEquals(code, status.getCode(), status::toString);
    assertEquals(text, status.getDescription());
  }

  @Test
  void wrongSpecificationsAreRefusedByName() throws Exception {
    try (TestServer server = new TestServer(new LocalCodebookTrainer(), IDLE)) {
      Status.Code wrong = Status.Code.INVALID_ARGUMENT;
      assertRefused(
          wrong, "dim must be in [1, 64], got: 0", server, createRequest(spec().setDim(0)));
      assertRefused(
          wrong, "dim must be in [1, 64], got: 65", server, createRequest(spec().setDim(65)));
      assertRefused(
          wrong, "nlist must be in [1, 100], got: -1", server, createRequest(spec().setNlist(-1)));
      assertRefused(
          wrong,
          "metric must be one of 1, 2, 3, got: 0",
          server,
          createRequest(spec().setMetric(Metric.METRIC_UNSPECIFIED)));
      assertRefused(
          wrong,
          "encoding must be one of 1, 2, 3, 4, 5, 6, 7, got: 0",
          server,
          createRequest(spec().clearEncoding()));
      assertRefused(
          wrong,
          "population must be in [1, 1099511627776], got: 0",
          server,
          createRequest(spec().setPopulation(0)));
      assertRefused(
          wrong,
          "population must be in [1, 1099511627776], got: 4611686018427387904",
          server,
          createRequest(spec().setPopulation(1L << 62)));
      assertRefused(
          wrong,
          "tolerance must be in [0, 1), got: NaN",
          server,
          createRequest(spec().setTolerance(Double.NaN)));
      assertRefused(
          wrong,
          "max_iterations must be in [1, 1000], got: 0",
          server,
          createRequest(spec().setMaxIterations(0)));
      assertRefused(
          wrong,
          "sample_sha256 bytes must be in [32, 32], got: 1",
          server,
          createRequest(spec().setSampleSha256(ByteString.copyFrom(new byte[1]))));
      assertRefused(
          Status.Code.FAILED_PRECONDITION,
          "protocol_version must be 1, got: 0",
          server,
          createRequest(spec()).toBuilder().clearProtocolVersion().build());
      assertRefused(
          Status.Code.RESOURCE_EXHAUSTED,
          "sample must be at most 1048576 bytes, got: 1600000000",
          server,
          createRequest(spec().setSampleRows(100_000_000)));
      server.awaitFreeMemory();
    }
  }

  @Test
  void fullServerRefusesBeforeTheUpload() throws Exception {
    try (TestServer server = new TestServer(new LocalCodebookTrainer(), IDLE)) {
      created(server, spec());
      Job second = created(server, spec());
      assertRefused(
          Status.Code.RESOURCE_EXHAUSTED,
          "jobs must be at most 2, got: 3",
          server,
          createRequest(spec()));
      cancel(server, second.getId());
      assertTrue(created(server, spec()).getSampleNeeded());
    }
  }

  @Test
  void drainingServerTakesNoNewWork() throws Exception {
    try (TestServer server = new TestServer(new LocalCodebookTrainer(), IDLE)) {
      server.gate.close();
      assertRefused(
          Status.Code.UNAVAILABLE, "server is shutting down", server, createRequest(spec()));
    }
  }

  @Test
  void everyPhaseIsShownAndMemoryIsGivenBack() throws Exception {
    try (TestServer server = new TestServer(new LocalCodebookTrainer(), IDLE)) {
      String job = created(server, spec()).getId();
      TestCall<WatchJobRequest, WatchJobResponse> watch = watch(server, job);
      JobProgress progress = watch.next().getProgress();
      upload(server, job);
      Set<JobPhase> phases = EnumSet.noneOf(JobPhase.class);
      while (!isFinal(progress)) {
        phases.add(progress.getPhase());
        progress = watch.next().getProgress();
      }
      phases.add(progress.getPhase());
      assertTrue(
          phases.containsAll(EnumSet.range(JobPhase.JOB_PHASE_PREPARE, JobPhase.JOB_PHASE_DONE)),
          phases::toString);
      assertEquals(100, progress.getPercent());
      assertTrue(progress.hasListSizes());
      server.awaitFreeMemory();
      assertEquals(3, Codebook.fromBytes(codebook(server, job)).nlist());
    }
  }

  @Test
  void sameJobIsFoundAgain() throws Exception {
    byte[] bytes = FloatBytes.toBytes(SAMPLE, 0, SAMPLE.length).toByteArray();
    ByteString hash = ByteString.copyFrom(Checksums.sha256().digest(bytes));
    try (TestServer server = new TestServer(new LocalCodebookTrainer(), IDLE)) {
      Job first = created(server, spec().setSampleSha256(hash));
      finish(server, first.getId());
      Job second = created(server, spec().setSampleSha256(hash).setThreads(1));
      assertEquals(first.getId(), second.getId());
      assertFalse(second.getSampleNeeded());
      Job other = created(server, spec().setSampleSha256(hash).setSeed(9));
      assertFalse(first.getId().equals(other.getId()));
      assertEquals(List.of(other.getId(), first.getId()), list(server));
    }
  }

  @Test
  void largestPopulationIsTrained() throws Exception {
    try (TestServer server = new TestServer(new LocalCodebookTrainer(), IDLE)) {
      TrainingSpec.Builder largest =
          spec().setEncoding(Encoding.ENCODING_BIT1).setPopulation(1L << 40);
      JobProgress progress = finish(server, created(server, largest).getId());
      assertEquals(JobState.JOB_STATE_SUCCEEDED, progress.getState(), progress::getError);
    }
  }

  @Test
  void oneOutlierThatHidesAllOthersIsTold() throws Exception {
    float[] sample = SAMPLE.clone();
    sample[10] = 3e38f;
    try (TestServer server = new TestServer(new LocalCodebookTrainer(), IDLE)) {
      String job = created(server, spec()).getId();
      upload(server, job, sample);
      assertEquals(JobState.JOB_STATE_SUCCEEDED, await(server, job).getState());
      TestCall<GetTrainingReportRequest, GetTrainingReportResponse> call =
          new TestCall<>(server.channel(), TrainingServiceGrpc.getGetTrainingReportMethod(), 2);
      call.send(GetTrainingReportRequest.newBuilder().setJobId(job).build());
      call.halfClose();
      TrainingReport report = TrainingReport.parseFrom(call.next().getReport().getReport());
      List<WarningKind> kinds =
          report.getWarningsList().stream().map(TrainingWarning::getKind).toList();
      assertTrue(kinds.contains(WarningKind.WARNING_KIND_EMPTY_LISTS), report::toString);
    }
  }

  @Test
  void codebookTooLargeForAnArrayIsRefusedAtOnce() {
    Limits large = new Limits(4096, 1 << 20, 1L << 40, 1, 1, 1L << 40, 1, 1);
    // 512 Mi floats fit an array, their 2 GiB of bytes do not.
    TrainingSpec spec = spec().setDim(512).setNlist(1 << 20).setSampleRows(1 << 20).build();
    RequestException refusal =
        assertThrows(RequestException.class, () -> JobMessages.spec(spec, large));
    assertEquals(RequestException.Reason.EXHAUSTED, refusal.reason());
    assertEquals(
        "codebook must be at most 2147483639 bytes, got: 2151680085", refusal.getMessage());
  }

  private static ListJobsResponse page(TestServer server, String token) throws Exception {
    TestCall<ListJobsRequest, ListJobsResponse> call =
        new TestCall<>(server.channel(), TrainingServiceGrpc.getListJobsMethod(), 2);
    call.send(ListJobsRequest.newBuilder().setPageSize(1).setPageToken(token).build());
    call.halfClose();
    return call.next();
  }

  @Test
  void listGoesOnWhateverBecameOfTheLastJobOfAPage() throws Exception {
    try (TestServer server = new TestServer(new LocalCodebookTrainer(), IDLE)) {
      Deque<String> newestFirst = new ArrayDeque<>();
      for (int i = 0; i < 4; i++) {
        newestFirst.addFirst(created(server, spec()).getId());
        cancel(server, newestFirst.getFirst());
      }
      ListJobsResponse first = page(server, "");
      assertEquals(newestFirst.removeFirst(), first.getJobs(0).getId());
      ListJobsResponse second = page(server, first.getNextPageToken());
      assertEquals(newestFirst.removeFirst(), second.getJobs(0).getId());
      String gone = second.getJobs(0).getId();
      for (int i = 0; i < 998; i++) { // with the four one more than are remembered, twice
        cancel(server, created(server, spec()).getId());
      }
      server.jobs.sweep();
      assertThrows(RequestException.class, () -> server.jobs.get(newestFirst.getLast()));
      ListJobsResponse third = page(server, second.getNextPageToken());
      List<String> left = third.getJobsList().stream().map(Job::getId).toList();
      assertFalse(left.contains(gone), left::toString);
      for (int i = 0; i < 10; i++) {
        cancel(server, created(server, spec()).getId());
      }
      server.jobs.sweep();
      assertThrows(RequestException.class, () -> server.jobs.get(gone));
      assertEquals(0, page(server, second.getNextPageToken()).getJobsCount());
      Status wrong =
          TestCall.status(
              server.channel(),
              TrainingServiceGrpc.getListJobsMethod(),
              List.of(ListJobsRequest.newBuilder().setPageToken(gone).build()));
      assertEquals(Status.Code.INVALID_ARGUMENT, wrong.getCode(), wrong::toString);
      assertEquals("page_token must be one of a page before, of this run", wrong.getDescription());
    }
  }

  @Test
  void cancelStopsTheTraining() throws Exception {
    Endless trainer = new Endless();
    try (TestServer server = new TestServer(trainer, IDLE)) {
      String job = created(server, spec()).getId();
      upload(server, job);
      trainer.started.await();
      JobProgress progress = cancel(server, job);
      assertEquals(JobState.JOB_STATE_CANCELLED, progress.getState());
      assertEquals("cancelled by a client", progress.getError());
      trainer.stopped.await();
      server.awaitFreeMemory();
    }
  }

  @Test
  void jobWithoutSampleExpires() throws Exception {
    try (TestServer server = new TestServer(new LocalCodebookTrainer(), IDLE)) {
      String job = created(server, spec()).getId();
      server.clock.pass(IDLE.plusMillis(1));
      server.jobs.sweep();
      JobProgress progress = watch(server, job).next().getProgress();
      assertEquals(JobState.JOB_STATE_EXPIRED, progress.getState());
      server.awaitFreeMemory();
    }
  }
}

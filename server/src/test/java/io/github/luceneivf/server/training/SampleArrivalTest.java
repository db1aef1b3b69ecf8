// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import static io.github.luceneivf.server.training.JobCalls.IDLE;
import static io.github.luceneivf.server.training.JobCalls.chunk;
import static io.github.luceneivf.server.training.JobCalls.created;
import static io.github.luceneivf.server.training.JobCalls.header;
import static io.github.luceneivf.server.training.JobCalls.spec;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.proto.v1.TrainingServiceGrpc;
import io.github.luceneivf.proto.v1.UploadSampleRequest;
import io.github.luceneivf.proto.v1.UploadSampleResponse;
import io.github.luceneivf.server.TestCall;
import io.github.luceneivf.server.TestServer;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How long a job that holds its memory waits for its sample: for the first byte, from chunk to
 * chunk, and in all, be it sent in drops or again and again. The sample may take 16 seconds.
 */
@Timeout(60) // a state that never comes is waited for
class SampleArrivalTest {

  private static final int DIM = 64;
  private static final int ROWS = 1 << 12;
  private static final Duration FIRST_BYTE = Duration.ofSeconds(10);
  private static final Duration ALL = IDLE.plusSeconds(16);
  private static final Duration MOMENT = Duration.ofNanos(1);

  private TestServer server;
  private TrainingJob job;

  @BeforeEach
  void create() throws Exception {
    server = new TestServer(new LocalCodebookTrainer(), IDLE);
    String id = created(server, spec().setDim(DIM).setSampleRows(ROWS)).getId();
    job = server.jobs.get(id);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private void pass(Duration time) {
    server.clock.pass(time);
    server.jobs.sweep();
  }

  private static void await(BooleanSupplier state) {
    while (!state.getAsBoolean()) {
      Thread.onSpinWait();
    }
  }

  private TestCall<UploadSampleRequest, UploadSampleResponse> beginUpload() {
    TestCall<UploadSampleRequest, UploadSampleResponse> upload =
        new TestCall<>(server.channel(), TrainingServiceGrpc.getUploadSampleMethod(), 2);
    upload.send(header(job.id()));
    await(job::isUploading);
    return upload;
  }

  private void sendRow(TestCall<UploadSampleRequest, UploadSampleResponse> upload, int row) {
    double before = job.status().percent();
    upload.send(chunk(row, new float[DIM]));
    await(() -> job.status().percent() > before);
  }

  private void assertExpiresNow(Duration within) {
    assertEquals(JobState.QUEUED, job.status().state(), job.status().error());
    pass(MOMENT);
    assertEquals(JobState.EXPIRED, job.status().state());
    assertEquals("sample did not arrive within " + within, job.status().error());
    assertEquals(0, server.jobs.unfinished());
    server.awaitFreeMemory();
  }

  @Test
  void firstByteMustComeSoon() {
    pass(FIRST_BYTE);
    assertExpiresNow(FIRST_BYTE);
  }

  @Test
  void silenceInTheMiddleEndsTheJobAndItsUpload() throws Exception {
    var upload = beginUpload();
    pass(FIRST_BYTE.plus(MOMENT));
    assertEquals(JobState.QUEUED, job.status().state(), "it has begun");
    sendRow(upload, 0);
    pass(IDLE);
    assertExpiresNow(IDLE);
    assertEndedWith(IDLE, upload.status());
  }

  private static void assertEndedWith(Duration within, Status status) {
    assertEquals(Status.Code.FAILED_PRECONDITION, status.getCode(), status::toString);
    assertEquals("job has ended: sample did not arrive within " + within, status.getDescription());
  }

  private TestCall<UploadSampleRequest, UploadSampleResponse> restarted(
      TestCall<UploadSampleRequest, UploadSampleResponse> upload) {
    upload.cancel();
    await(() -> !job.isUploading());
    return beginUpload();
  }

  @Test
  void sampleInDropsIsNotWaitedForLonger() throws Exception {
    var upload = beginUpload();
    for (int row = 0; row < 4; row++) {
      pass(ALL.dividedBy(4));
      assertEquals(JobState.QUEUED, job.status().state(), "row " + row);
      sendRow(upload, row);
    }
    assertExpiresNow(ALL);
    assertEndedWith(ALL, upload.status());
  }

  @Test
  void sampleThatBeginsAgainAndAgainIsNotWaitedForLonger() {
    var upload = beginUpload();
    for (int time = 0; time < 8; time++) {
      pass(ALL.dividedBy(8));
      assertEquals(JobState.QUEUED, job.status().state(), "time " + time);
      upload = restarted(upload);
    }
    assertExpiresNow(ALL);
  }
}

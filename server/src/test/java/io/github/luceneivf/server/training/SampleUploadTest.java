// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import static io.github.luceneivf.server.training.JobCalls.IDLE;
import static io.github.luceneivf.server.training.JobCalls.ROWS;
import static io.github.luceneivf.server.training.JobCalls.SAMPLE;
import static io.github.luceneivf.server.training.JobCalls.chunk;
import static io.github.luceneivf.server.training.JobCalls.created;
import static io.github.luceneivf.server.training.JobCalls.end;
import static io.github.luceneivf.server.training.JobCalls.finish;
import static io.github.luceneivf.server.training.JobCalls.header;
import static io.github.luceneivf.server.training.JobCalls.spec;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.proto.v1.JobState;
import io.github.luceneivf.proto.v1.TrainingServiceGrpc;
import io.github.luceneivf.proto.v1.UploadSampleRequest;
import io.github.luceneivf.proto.v1.UploadSampleResponse;
import io.github.luceneivf.server.TestCall;
import io.github.luceneivf.server.TestServer;
import io.github.luceneivf.wire.Checksums;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

class SampleUploadTest {

  private static void assertUploadRefused(
      TestServer server, String job, String text, UploadSampleRequest... messages)
      throws Exception {
    TestCall<UploadSampleRequest, UploadSampleResponse> call =
        new TestCall<>(server.channel(), TrainingServiceGrpc.getUploadSampleMethod(), 2);
    call.send(header(job));
    for (UploadSampleRequest message : messages) {
      call.send(message);
    }
    Status status = call.status();
    assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode(), status::toString);
    assertEquals(text, status.getDescription());
  }

  @Test
  void damagedUploadsAreRefusedAndMayBeRepeated() throws Exception {
    try (TestServer server = new TestServer(new LocalCodebookTrainer(), IDLE)) {
      String job = created(server, spec()).getId();
      float[] row = {1, 2, 3, 4};
      UploadSampleRequest damaged =
          chunk(0, row).toBuilder()
              .setChunk(chunk(0, row).getChunk().toBuilder().setCrc32C(1))
              .build();
      String crc = Checksums.hex(chunk(0, row).getChunk().getCrc32C());
      assertUploadRefused(
          server, job, "crc32c of vectors must be " + crc + ", got: 00000001", damaged);
      assertUploadRefused(
          server,
          job,
          "vector 1: component 2 must be finite, got: NaN",
          chunk(0, new float[] {1, 2, 3, 4, 5, 6, Float.NaN, 8}));
      assertUploadRefused(
          server, job, "vectors bytes must be a multiple of 16, got: 12", chunk(0, new float[3]));
      assertUploadRefused(server, job, "first_row must be 0, got: 1", chunk(1, row));
      assertUploadRefused(server, job, "first_row must be 1, got: 0", chunk(0, row), chunk(0, row));
      assertUploadRefused(
          server, job, "rows must be at most 300, got: 301", chunk(0, SAMPLE), chunk(300, row));
      assertUploadRefused(
          server,
          job,
          "vectors bytes must be in [1, 2097152], got: 2097156",
          chunk(0, new float[(2 << 20) / 4 + 1]));
      assertUploadRefused(
          server, job, "rows must be 300, got: 1, end says: 1", chunk(0, row), end(1, row));
      assertUploadRefused(
          server, job, "header must be the first message, got another", header(job));
      assertEquals(
          JobState.JOB_STATE_SUCCEEDED, finish(server, job).getState(), "the job still works");
    }
  }

  @Test
  void wrongHashOfTheWholeIsFound() throws Exception {
    try (TestServer server = new TestServer(new LocalCodebookTrainer(), IDLE)) {
      String job = created(server, spec()).getId();
      TestCall<UploadSampleRequest, UploadSampleResponse> call =
          new TestCall<>(server.channel(), TrainingServiceGrpc.getUploadSampleMethod(), 2);
      call.send(header(job));
      call.send(chunk(0, SAMPLE));
      call.send(end(ROWS, new float[1]));
      assertEquals(Status.Code.INVALID_ARGUMENT, call.status().getCode());
      assertTrue(String.valueOf(call.status().getDescription()).startsWith("sha256 must be"));
    }
  }
}

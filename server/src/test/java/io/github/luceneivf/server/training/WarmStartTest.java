// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import static io.github.luceneivf.server.training.JobCalls.DIM;
import static io.github.luceneivf.server.training.JobCalls.ROWS;
import static io.github.luceneivf.server.training.JobCalls.SAMPLE;
import static io.github.luceneivf.server.training.JobCalls.chunk;
import static io.github.luceneivf.server.training.JobCalls.codebook;
import static io.github.luceneivf.server.training.JobCalls.created;
import static io.github.luceneivf.server.training.JobCalls.end;
import static io.github.luceneivf.server.training.JobCalls.finish;
import static io.github.luceneivf.server.training.JobCalls.header;
import static io.github.luceneivf.server.training.JobCalls.spec;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.CodebookRef;
import io.github.luceneivf.proto.v1.Job;
import io.github.luceneivf.proto.v1.SampleHeader;
import io.github.luceneivf.proto.v1.TrainingServiceGrpc;
import io.github.luceneivf.proto.v1.TrainingSpec;
import io.github.luceneivf.proto.v1.UploadSampleRequest;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.server.TestCall;
import io.github.luceneivf.server.TestServer;
import io.github.luceneivf.wire.Checksums;
import io.grpc.Status;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Trainings that start from a parent's centroids give what they give in this process. */
class WarmStartTest {

  private static final int NLIST = 3;
  private static final long SEED = 4;

  private static Codebook parent() throws IOException {
    int rows = ROWS / 2;
    FloatMatrix half = new FloatMatrix(Arrays.copyOf(SAMPLE, rows * DIM), rows, DIM);
    TrainingRequest request =
        new TrainingRequest(
            Metric.EUCLIDEAN,
            Encoding.FLOAT32,
            KMeansParams.of(NLIST - 1, 9),
            rows,
            Optional.empty());
    return new LocalCodebookTrainer().train(request, half, TrainingMonitor.NONE).codebook();
  }

  private static Codebook local(Codebook parent) throws IOException {
    TrainingRequest request =
        TrainingRequest.successorOf(parent, Encoding.FLOAT32, KMeansParams.of(NLIST, SEED), ROWS);
    return new LocalCodebookTrainer()
        .train(request, new FloatMatrix(SAMPLE, ROWS, DIM), TrainingMonitor.NONE)
        .codebook();
  }

  private static TrainingSpec.Builder warm(Codebook parent) {
    return spec()
        .setNlist(NLIST)
        .setSeed(SEED)
        .setParent(
            CodebookRef.newBuilder()
                .setId(ByteString.copyFrom(parent.id().bytes()))
                .setVersion(parent.lineage().version()))
        .setWarmStart(true)
        .setParentBytes(parent.toBytes().length);
  }

  private static UploadSampleRequest announced(String job, Codebook parent) {
    return UploadSampleRequest.newBuilder()
        .setHeader(SampleHeader.newBuilder().setJobId(job).setParentBytes(parent.toBytes().length))
        .build();
  }

  private static UploadSampleRequest sent(Codebook parent) {
    ByteString bytes = ByteString.copyFrom(parent.toBytes());
    return UploadSampleRequest.newBuilder()
        .setParent(CodebookChunk.newBuilder().setData(bytes).setCrc32C(Checksums.crc32c(bytes)))
        .build();
  }

  private static Status upload(TestServer server, UploadSampleRequest... messages)
      throws Exception {
    return TestCall.status(
        server.channel(), TrainingServiceGrpc.getUploadSampleMethod(), List.of(messages));
  }

  @Test
  void uploadedParentGivesTheSameCodebook() throws Exception {
    Codebook parent = parent();
    try (TestServer server = new TestServer(new LocalCodebookTrainer(), JobCalls.IDLE)) {
      Job job = created(server, warm(parent));
      assertTrue(job.getParentNeeded());
      Status status =
          upload(
              server,
              announced(job.getId(), parent),
              sent(parent),
              chunk(0, SAMPLE),
              end(ROWS, SAMPLE));
      assertTrue(status.isOk(), status::toString);
      JobCalls.await(server, job.getId());
      byte[] wanted = local(parent).toBytes();
      assertArrayEquals(wanted, codebook(server, job.getId()));
      assertEquals(NLIST, Codebook.fromBytes(wanted).nlist());
      // It differs from one that is trained afresh.
      Job cold = created(server, warm(parent).clearWarmStart().clearParentBytes());
      finish(server, cold.getId());
      assertFalse(Arrays.equals(wanted, codebook(server, cold.getId())));
    }
  }

  @Test
  void knownParentNeedNotBeSent() throws Exception {
    Codebook parent = parent();
    try (TestServer server = new TestServer(new LocalCodebookTrainer(), JobCalls.IDLE)) {
      server.codebooks.put(parent);
      Job job = created(server, warm(parent));
      assertFalse(job.getParentNeeded());
      finish(server, job.getId());
      assertArrayEquals(local(parent).toBytes(), codebook(server, job.getId()));
    }
  }

  @Test
  void wrongParentsAreRefusedByName() throws Exception {
    Codebook parent = parent();
    try (TestServer server = new TestServer(new LocalCodebookTrainer(), JobCalls.IDLE)) {
      String job = created(server, warm(parent)).getId();
      assertText(
          "parent must come before the sample, got none",
          upload(server, header(job), chunk(0, SAMPLE), end(ROWS, SAMPLE)));
      assertText(
          "parent must come before the sample",
          upload(server, announced(job, parent), chunk(0, SAMPLE)));
      assertText(
          "parent must come once, and only if announced",
          upload(server, header(job), sent(parent)));
      Codebook other = local(parent);
      assertText(
          "codebook must have "
              + parent.toBytes().length
              + " bytes, got: "
              + other.toBytes().length,
          upload(server, announced(job, parent), sent(other)));
      int bytes = parent.toBytes().length;
      assertText(
          "parent_bytes must be in [" + bytes + ", " + bytes + "], got: " + other.toBytes().length,
          upload(server, announced(job, other)));
      assertText(
          "warm_start must have a parent, got none",
          TestCall.status(
              server.channel(),
              TrainingServiceGrpc.getCreateTrainingJobMethod(),
              List.of(JobCalls.createRequest(warm(parent).clearParent()))));
      Status status =
          upload(server, announced(job, parent), sent(parent), chunk(0, SAMPLE), end(ROWS, SAMPLE));
      assertTrue(status.isOk(), status::toString);
    }
  }

  private static void assertText(String text, Status status) {
    assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode(), status::toString);
    assertEquals(text, status.getDescription());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.github.luceneivf.proto.v1.CancelJobRequest;
import io.github.luceneivf.proto.v1.CancelJobResponse;
import io.github.luceneivf.proto.v1.CreateTrainingJobRequest;
import io.github.luceneivf.proto.v1.CreateTrainingJobResponse;
import io.github.luceneivf.proto.v1.Encoding;
import io.github.luceneivf.proto.v1.GetCodebookRequest;
import io.github.luceneivf.proto.v1.GetCodebookResponse;
import io.github.luceneivf.proto.v1.Job;
import io.github.luceneivf.proto.v1.JobProgress;
import io.github.luceneivf.proto.v1.JobState;
import io.github.luceneivf.proto.v1.ListJobsRequest;
import io.github.luceneivf.proto.v1.ListJobsResponse;
import io.github.luceneivf.proto.v1.Metric;
import io.github.luceneivf.proto.v1.ProtocolVersion;
import io.github.luceneivf.proto.v1.SampleChunk;
import io.github.luceneivf.proto.v1.SampleEnd;
import io.github.luceneivf.proto.v1.SampleHeader;
import io.github.luceneivf.proto.v1.TrainingServiceGrpc;
import io.github.luceneivf.proto.v1.TrainingSpec;
import io.github.luceneivf.proto.v1.UploadSampleRequest;
import io.github.luceneivf.proto.v1.WatchJobRequest;
import io.github.luceneivf.proto.v1.WatchJobResponse;
import io.github.luceneivf.server.TestCall;
import io.github.luceneivf.server.TestServer;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.FloatBytes;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Calls of the training service, and a sample for them. */
final class JobCalls {

  private JobCalls() {}

  static final int DIM = 4;
  static final int ROWS = 300;
  static final Duration IDLE = Duration.ofMinutes(1);
  static final float[] SAMPLE = sample();

  static float[] sample() {
    Random random = new Random(5);
    float[] values = new float[ROWS * DIM];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }

  static TrainingSpec.Builder spec() {
    return TrainingSpec.newBuilder()
        .setMetric(Metric.METRIC_EUCLIDEAN)
        .setDim(DIM)
        .setEncoding(Encoding.ENCODING_FLOAT32)
        .setNlist(3)
        .setPopulation(ROWS)
        .setSampleRows(ROWS);
  }

  static CreateTrainingJobRequest createRequest(TrainingSpec.Builder spec) {
    return CreateTrainingJobRequest.newBuilder()
        .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
        .setSpec(spec)
        .build();
  }

  static Job created(TestServer server, TrainingSpec.Builder spec) throws Exception {
    TestCall<CreateTrainingJobRequest, CreateTrainingJobResponse> call =
        new TestCall<>(server.channel(), TrainingServiceGrpc.getCreateTrainingJobMethod(), 2);
    call.send(createRequest(spec));
    call.halfClose();
    return call.next().getJob();
  }

  static JobProgress cancel(TestServer server, String job) throws Exception {
    TestCall<CancelJobRequest, CancelJobResponse> call =
        new TestCall<>(server.channel(), TrainingServiceGrpc.getCancelJobMethod(), 2);
    call.send(CancelJobRequest.newBuilder().setJobId(job).build());
    call.halfClose();
    return call.next().getJob().getProgress();
  }

  static UploadSampleRequest header(String job) {
    return UploadSampleRequest.newBuilder()
        .setHeader(SampleHeader.newBuilder().setJobId(job))
        .build();
  }

  static UploadSampleRequest chunk(int firstRow, float[] values) {
    ByteString bytes = FloatBytes.toBytes(values, 0, values.length);
    return UploadSampleRequest.newBuilder()
        .setChunk(
            SampleChunk.newBuilder()
                .setFirstRow(firstRow)
                .setVectors(bytes)
                .setCrc32C(Checksums.crc32c(bytes)))
        .build();
  }

  static UploadSampleRequest end(int rows, float[] values) {
    byte[] bytes = FloatBytes.toBytes(values, 0, values.length).toByteArray();
    return UploadSampleRequest.newBuilder()
        .setEnd(
            SampleEnd.newBuilder()
                .setRows(rows)
                .setSha256(ByteString.copyFrom(Checksums.sha256().digest(bytes))))
        .build();
  }

  static JobProgress finish(TestServer server, String job) throws Exception {
    upload(server, job);
    return await(server, job);
  }

  static JobProgress await(TestServer server, String job) throws Exception {
    TestCall<WatchJobRequest, WatchJobResponse> watch = watch(server, job);
    JobProgress progress = watch.next().getProgress();
    while (!isFinal(progress)) {
      progress = watch.next().getProgress();
    }
    assertTrue(watch.status().isOk());
    return progress;
  }

  static boolean isFinal(JobProgress progress) {
    return progress.getState() != JobState.JOB_STATE_QUEUED
        && progress.getState() != JobState.JOB_STATE_RUNNING;
  }

  static void upload(TestServer server, String job) throws Exception {
    upload(server, job, SAMPLE);
  }

  static void upload(TestServer server, String job, float[] sample) throws Exception {
    Status status =
        TestCall.status(
            server.channel(),
            TrainingServiceGrpc.getUploadSampleMethod(),
            List.of(header(job), chunk(0, sample), end(sample.length / DIM, sample)));
    assertTrue(status.isOk(), status::toString);
  }

  static TestCall<WatchJobRequest, WatchJobResponse> watch(TestServer server, String job) {
    TestCall<WatchJobRequest, WatchJobResponse> call =
        new TestCall<>(server.channel(), TrainingServiceGrpc.getWatchJobMethod(), 1000);
    call.send(WatchJobRequest.newBuilder().setJobId(job).build());
    call.halfClose();
    return call;
  }

  static byte[] codebook(TestServer server, String job) throws Exception {
    TestCall<GetCodebookRequest, GetCodebookResponse> call =
        new TestCall<>(server.channel(), TrainingServiceGrpc.getGetCodebookMethod(), 100);
    call.send(GetCodebookRequest.newBuilder().setJobId(job).build());
    call.halfClose();
    long size = call.next().getHeader().getSizeBytes();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (bytes.size() < size) {
      bytes.writeBytes(call.next().getChunk().getData().toByteArray());
    }
    assertTrue(call.status().isOk());
    return bytes.toByteArray();
  }

  static List<String> list(TestServer server) throws Exception {
    TestCall<ListJobsRequest, ListJobsResponse> call =
        new TestCall<>(server.channel(), TrainingServiceGrpc.getListJobsMethod(), 2);
    call.send(ListJobsRequest.newBuilder().build());
    call.halfClose();
    return call.next().getJobsList().stream().map(Job::getId).toList();
  }
}

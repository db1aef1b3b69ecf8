// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import static io.github.luceneivf.server.training.JobCalls.DIM;
import static io.github.luceneivf.server.training.JobCalls.IDLE;
import static io.github.luceneivf.server.training.JobCalls.ROWS;
import static io.github.luceneivf.server.training.JobCalls.SAMPLE;
import static io.github.luceneivf.server.training.JobCalls.chunk;
import static io.github.luceneivf.server.training.JobCalls.created;
import static io.github.luceneivf.server.training.JobCalls.end;
import static io.github.luceneivf.server.training.JobCalls.header;
import static io.github.luceneivf.server.training.JobCalls.spec;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.QuerySample;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.proto.v1.CreateTrainingJobRequest;
import io.github.luceneivf.proto.v1.CreateTrainingJobResponse;
import io.github.luceneivf.proto.v1.GetTrainingReportRequest;
import io.github.luceneivf.proto.v1.GetTrainingReportResponse;
import io.github.luceneivf.proto.v1.Job;
import io.github.luceneivf.proto.v1.JobState;
import io.github.luceneivf.proto.v1.RecallPoint;
import io.github.luceneivf.proto.v1.TrainingServiceGrpc;
import io.github.luceneivf.proto.v1.TrainingSpec;
import io.github.luceneivf.proto.v1.UploadSampleRequest;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.server.TestCall;
import io.github.luceneivf.server.TestServer;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.FloatBytes;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queries that come after a sample are checked as it is, and judge the codebook. */
class QueryUploadTest {

  private static final int ASKED = 50;
  private static final float[] QUERIES = queries();

  /** Far outside of the sample, so that they are hard. */
  private static float[] queries() {
    float[] values = new float[ASKED * DIM];
    for (int i = 0; i < values.length; i++) {
      values[i] = SAMPLE[i] * 3 - 4;
    }
    return values;
  }

  private static ByteString sha256(float[] values) {
    byte[] bytes = FloatBytes.toBytes(values, 0, values.length).toByteArray();
    return ByteString.copyFrom(Checksums.sha256().digest(bytes));
  }

  private static TrainingSpec.Builder asking() {
    return spec()
        .setSampleSha256(sha256(SAMPLE))
        .setQueryRows(ASKED)
        .setQuerySha256(sha256(QUERIES));
  }

  private static UploadSampleRequest query(int firstRow, float[] values) {
    return UploadSampleRequest.newBuilder().setQueries(chunk(firstRow, values).getChunk()).build();
  }

  private static UploadSampleRequest endOf(int rows, float[] queries) {
    UploadSampleRequest end = end(ROWS, SAMPLE);
    return end.toBuilder()
        .setEnd(end.getEnd().toBuilder().setQueryRows(rows).setQuerySha256(sha256(queries)))
        .build();
  }

  private static Status upload(TestServer server, UploadSampleRequest... messages)
      throws Exception {
    return TestCall.status(
        server.channel(), TrainingServiceGrpc.getUploadSampleMethod(), List.of(messages));
  }

  private static void uploadAll(TestServer server, String job) throws Exception {
    Status status =
        upload(
            server,
            header(job),
            chunk(0, SAMPLE),
            query(0, Arrays.copyOf(QUERIES, 20 * DIM)),
            query(20, Arrays.copyOfRange(QUERIES, 20 * DIM, ASKED * DIM)),
            endOf(ASKED, QUERIES));
    assertTrue(status.isOk(), status::toString);
    assertEquals(JobState.JOB_STATE_SUCCEEDED, JobCalls.await(server, job).getState());
  }

  private static Calibration local(QuerySample queries) throws IOException {
    TrainingRequest request =
        new TrainingRequest(
                Metric.EUCLIDEAN, Encoding.FLOAT32, KMeansParams.of(3, 0), ROWS, Optional.empty())
            .withQuerySample(queries);
    return new LocalCodebookTrainer()
        .train(request, new FloatMatrix(SAMPLE, ROWS, DIM), TrainingMonitor.NONE)
        .calibration();
  }

  private static io.github.luceneivf.proto.v1.Calibration report(TestServer server, String job)
      throws Exception {
    TestCall<GetTrainingReportRequest, GetTrainingReportResponse> call =
        new TestCall<>(server.channel(), TrainingServiceGrpc.getGetTrainingReportMethod(), 2);
    call.send(GetTrainingReportRequest.newBuilder().setJobId(job).build());
    call.halfClose();
    return io.github.luceneivf.proto.v1.Calibration.parseFrom(
        call.next().getReport().getCalibration());
  }

  @Test
  void queriesJudgeTheCodebookAsInThisProcess() throws Exception {
    try (TestServer server = new TestServer(new LocalCodebookTrainer(), IDLE)) {
      Job job = created(server, asking());
      assertEquals(ASKED, job.getSpec().getQueryRows());
      assertEquals(sha256(QUERIES), job.getSpec().getQuerySha256());
      uploadAll(server, job.getId());
      QuerySample queries = QuerySample.of(new FloatMatrix(QUERIES, ASKED, DIM));
      Calibration wanted = local(queries);
      io.github.luceneivf.proto.v1.Calibration got = report(server, job.getId());
      assertEquals(wanted.queries(), got.getQueries());
      assertEquals(wanted.usual(), got.getUsual());
      assertEquals(wanted.bands().size(), got.getBandsCount());
      for (int band = 0; band < wanted.bands().size(); band++) {
        Calibration.Band one = wanted.bands().get(band);
        assertEquals(one.remoteness(), got.getBands(band).getRemoteness());
        for (int i = 0; i < one.curves().size(); i++) {
          for (int p = 0; p < one.curves().get(i).byProbe().size(); p++) {
            Calibration.Point point = one.curves().get(i).byProbe().get(p);
            RecallPoint read = got.getBands(band).getCurves(i).getByProbe(p);
            assertEquals(point.setting(), read.getSetting());
            assertEquals(point.recall(), read.getRecall());
          }
        }
      }
      assertNotEquals(local(QuerySample.NONE).bands(), wanted.bands());
      server.awaitFreeMemory();
      // The codebook is that of the same job without queries.
      Job plain = created(server, spec());
      JobCalls.finish(server, plain.getId());
      assertArrayEquals(
          JobCalls.codebook(server, plain.getId()), JobCalls.codebook(server, job.getId()));
    }
  }

  @Test
  void aServerThatStartsAgainKnowsTheQueriesOfItsJobs(@TempDir Path data) throws Exception {
    String job;
    try (TestServer server = TestServer.on(data)) {
      job = created(server, asking()).getId();
      uploadAll(server, job);
    }
    try (TestServer server = TestServer.on(data)) {
      Job again = created(server, asking());
      assertEquals(job, again.getId());
      assertFalse(again.getSampleNeeded());
      assertEquals(ASKED, again.getSpec().getQueryRows());
      assertEquals(sha256(QUERIES), again.getSpec().getQuerySha256());
      assertTrue(report(server, job).getQueries() > ASKED);
    }
  }

  private static String jobId(TrainingSpec.Builder spec) {
    return JobMessages.spec(spec.build(), Limits.defaults()).jobId();
  }

  @Test
  void otherQueriesAreAnotherJob() throws Exception {
    try (TestServer server = new TestServer(new LocalCodebookTrainer(), IDLE)) {
      String job = created(server, asking()).getId();
      assertEquals(job, created(server, asking()).getId());
      assertEquals(job, jobId(asking()));
      assertNotEquals(job, jobId(asking().clearQueryRows().clearQuerySha256()));
      assertNotEquals(job, jobId(asking().setQuerySha256(sha256(new float[4]))));
      assertNotEquals(job, jobId(asking().setSpill(0)));
      assertNotEquals(jobId(asking().setSpill(0.4)), jobId(asking().setSpill(0.5)));
      assertNotEquals(
          jobId(asking().clearQuerySha256()),
          jobId(asking().clearQuerySha256()),
          "queries whose hash is not known are never the same");
      uploadAll(server, job);
      assertFalse(created(server, asking()).getSampleNeeded());
    }
  }

  private static void assertRefused(TestServer server, String text, UploadSampleRequest... sent)
      throws Exception {
    Status status = upload(server, sent);
    assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode(), status::toString);
    assertEquals(text, status.getDescription());
  }

  @Test
  void damagedQueriesAreRefusedAndMayBeRepeated() throws Exception {
    try (TestServer server = new TestServer(new LocalCodebookTrainer(), IDLE)) {
      String job = created(server, asking()).getId();
      UploadSampleRequest header = header(job);
      UploadSampleRequest sample = chunk(0, SAMPLE);
      float[] row = {1, 2, 3, 4};
      UploadSampleRequest damaged =
          query(0, row).toBuilder()
              .setQueries(query(0, row).getQueries().toBuilder().setCrc32C(1))
              .build();
      String crc = Checksums.hex(query(0, row).getQueries().getCrc32C());
      assertRefused(
          server,
          "queries: crc32c of vectors must be " + crc + ", got: 00000001",
          header,
          sample,
          damaged);
      assertRefused(
          server,
          "queries: vector 1: component 2 must be finite, got: NaN",
          header,
          sample,
          query(0, new float[] {1, 2, 3, 4, 5, 6, Float.NaN, 8}));
      assertRefused(
          server,
          "queries: vectors bytes must be a multiple of 16, got: 12",
          header,
          sample,
          query(0, new float[3]));
      assertRefused(
          server, "queries: first_row must be 0, got: 300", header, sample, query(ROWS, row));
      assertRefused(
          server,
          "queries: rows must be at most 50, got: 51",
          header,
          sample,
          query(0, QUERIES),
          query(ASKED, row));
      assertRefused(
          server,
          "queries: vectors bytes must be in [1, 2097152], got: 2097156",
          header,
          sample,
          query(0, new float[(2 << 20) / 4 + 1]));
      assertRefused(
          server, "queries must come after all rows of the sample", header, query(0, QUERIES));
      assertRefused(
          server,
          "queries must come after all rows of the sample",
          header,
          chunk(0, row),
          query(0, QUERIES));
      assertRefused(
          server,
          "query_rows must be 50, got: 1, end says: 1",
          header,
          sample,
          query(0, row),
          endOf(1, row));
      assertRefused(
          server, "query_rows must be 50, got: 0, end says: 0", header, sample, end(ROWS, SAMPLE));
      String hash = HexFormat.of().formatHex(sha256(QUERIES).toByteArray());
      String other = HexFormat.of().formatHex(sha256(row).toByteArray());
      assertRefused(
          server,
          "query_sha256 must be " + hash + ", got: " + other,
          header,
          sample,
          query(0, QUERIES),
          endOf(ASKED, row));
      assertEquals(JobState.JOB_STATE_QUEUED, created(server, asking()).getProgress().getState());
      uploadAll(server, job);
    }
  }

  @Test
  void queriesThatAreNotThoseAnnouncedAreRefused() throws Exception {
    try (TestServer server = new TestServer(new LocalCodebookTrainer(), IDLE)) {
      float[] others = QUERIES.clone();
      others[7]++;
      String job = created(server, asking()).getId();
      Status status =
          upload(server, header(job), chunk(0, SAMPLE), query(0, others), endOf(ASKED, others));
      assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode(), status::toString);
      assertTrue(String.valueOf(status.getDescription()).startsWith("query_sha256 must be"));
    }
  }

  @Test
  void jobWithoutQueriesTakesNone() throws Exception {
    try (TestServer server = new TestServer(new LocalCodebookTrainer(), IDLE)) {
      String job = created(server, spec()).getId();
      assertRefused(
          server,
          "queries: rows must be at most 0, got: 50",
          header(job),
          chunk(0, SAMPLE),
          query(0, QUERIES));
      assertRefused(
          server,
          "query_rows must be 0, got: 0, end says: 50",
          header(job),
          chunk(0, SAMPLE),
          endOf(ASKED, QUERIES));
    }
  }

  private static Status createStatus(TestServer server, TrainingSpec.Builder spec)
      throws Exception {
    TestCall<CreateTrainingJobRequest, CreateTrainingJobResponse> call =
        new TestCall<>(server.channel(), TrainingServiceGrpc.getCreateTrainingJobMethod(), 2);
    call.send(JobCalls.createRequest(spec));
    call.halfClose();
    return call.status();
  }

  @Test
  void queriesCountAsTheSampleDoes() throws Exception {
    try (TestServer server = new TestServer(new LocalCodebookTrainer(), IDLE)) {
      Status many = createStatus(server, asking().setQueryRows(QuerySample.MAX_ROWS + 1));
      assertEquals(Status.Code.INVALID_ARGUMENT, many.getCode());
      assertEquals("query_rows must be in [0, 10000], got: 10001", many.getDescription());
      JobSpec with = JobMessages.spec(asking().build(), Limits.defaults());
      JobSpec without =
          JobMessages.spec(asking().clearQueryRows().clearQuerySha256().build(), Limits.defaults());
      assertTrue(with.memoryBytes() >= without.memoryBytes() + 3L * ASKED * DIM * Float.BYTES);
    }
  }
}

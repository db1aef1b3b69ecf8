// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.github.luceneivf.client.SidecarException.Reason;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.proto.v1.Calibration;
import io.github.luceneivf.proto.v1.CreateTrainingJobResponse;
import io.github.luceneivf.proto.v1.GetCodebookResponse;
import io.github.luceneivf.proto.v1.GetTrainingReportResponse;
import io.github.luceneivf.proto.v1.JobPhase;
import io.github.luceneivf.proto.v1.JobState;
import io.github.luceneivf.proto.v1.TrainingReport;
import io.github.luceneivf.proto.v1.UploadSampleResponse;
import io.github.luceneivf.proto.v1.WatchJobResponse;
import io.github.luceneivf.wire.TrainingMessages;
import io.grpc.Status;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** What a sidecar can do wrong while it trains. */
final class TrainingFaults {

  private TrainingFaults() {}

  /** A misbehaviour, and what it must be taken for. */
  record Case(String name, Reason reason, String text, FakeSidecar.Fault fault) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Returns all of them. */
  static Stream<Case> all() throws IOException {
    return Stream.of(jobs(), reports(), codebooks()).flatMap(s -> s);
  }

  private static Stream<Case> jobs() {
    return Stream.of(
        refuse("down", Status.UNAVAILABLE, Reason.UNAVAILABLE),
        refuse("full", Status.RESOURCE_EXHAUSTED, Reason.REFUSED),
        refuse("other version", Status.FAILED_PRECONDITION, Reason.REFUSED),
        refuse("other service", Status.UNIMPLEMENTED, Reason.REFUSED),
        refuse("forgot the job", Status.NOT_FOUND, Reason.NOT_FOUND),
        refuse("internal error", Status.INTERNAL, Reason.FAILED),
        new Case("silent", Reason.TIMEOUT, "silent", message -> null),
        wrong(
            "no job id",
            "job id",
            CreateTrainingJobResponse.class,
            m -> m.toBuilder().clearJob().build()),
        new Case(
            "silent upload",
            Reason.TIMEOUT,
            "silent",
            m -> m instanceof UploadSampleResponse ? null : List.of(m)),
        wrong(
            "other seed",
            "must be what was asked for",
            CreateTrainingJobResponse.class,
            m -> {
              var b = m.toBuilder();
              b.getJobBuilder().getSpecBuilder().setSeed(-1);
              return b.build();
            }),
        new Case(
            "silent job",
            Reason.TIMEOUT,
            "silent",
            m -> m instanceof WatchJobResponse ? null : List.of(m)),
        new Case(
            "watch ends early",
            Reason.INVALID_ANSWER,
            "ended too early",
            m -> m instanceof WatchJobResponse ? List.of() : List.of(m)),
        watch(
            "failed job",
            Reason.FAILED,
            "is JOB_STATE_FAILED",
            FakeTraining.progress(JobState.JOB_STATE_FAILED, JobPhase.JOB_PHASE_ITERATE, 3)),
        watch(
            "cancelled job",
            Reason.FAILED,
            "is JOB_STATE_CANCELLED",
            FakeTraining.progress(JobState.JOB_STATE_CANCELLED, JobPhase.JOB_PHASE_ITERATE, 3)),
        watch(
            "percent is no number",
            Reason.INVALID_ANSWER,
            "percent",
            FakeTraining.progress(
                JobState.JOB_STATE_RUNNING, JobPhase.JOB_PHASE_ITERATE, Double.NaN)),
        watch(
            "unspecified phase",
            Reason.INVALID_ANSWER,
            "phase",
            FakeTraining.progress(JobState.JOB_STATE_RUNNING, JobPhase.JOB_PHASE_UNSPECIFIED, 1)));
  }

  private static Case refuse(String name, Status status, Reason reason) {
    return new Case(
        name,
        reason,
        status.getCode().name(),
        message -> {
          throw new FakeSidecar.Refusal(status.withDescription("test"));
        });
  }

  private static Case watch(String name, Reason reason, String text, WatchJobResponse answer) {
    return new Case(
        name,
        reason,
        text,
        message -> List.of(message instanceof WatchJobResponse ? answer : message));
  }

  private static <M extends Message> Case wrong(
      String name, String text, Class<M> type, UnaryOperator<M> change) {
    return new Case(
        name,
        Reason.INVALID_ANSWER,
        text,
        message -> List.of(type.isInstance(message) ? change.apply(type.cast(message)) : message));
  }

  private static Stream<Case> reports() {
    Class<GetTrainingReportResponse> type = GetTrainingReportResponse.class;
    return Stream.of(
        calibration(
            "recall above 1",
            "recall",
            b -> b.getBandsBuilder(0).getCurvesBuilder(0).getByProbeBuilder(0).setRecall(1.5f)),
        calibration(
            "recall is no number",
            "recall",
            b ->
                b.getBandsBuilder(0).getCurvesBuilder(0).getByDepthBuilder(0).setRecall(Float.NaN)),
        calibration(
            "more probes than lists",
            "by_probe setting",
            b ->
                b.getBandsBuilder(0)
                    .getCurvesBuilder(0)
                    .addByProbeBuilder()
                    .setSetting(TestVectors.NLIST + 1)
                    .setRecall(1)),
        calibration("no bands", "bands", Calibration.Builder::clearBands),
        calibration(
            "remoteness is no number",
            "remoteness",
            b -> b.getBandsBuilder(0).setRemoteness(Float.NaN)),
        report("other number of lists", "lists", b -> b.setLists(TestVectors.NLIST - 1)),
        wrong(
            "other checksum",
            "crc32c of report",
            type,
            m -> {
              var b = m.toBuilder();
              b.getReportBuilder().setCrc32C(1);
              return b.build();
            }),
        wrong(
            "no messages",
            "report must be messages of this contract",
            type,
            m ->
                m.toBuilder()
                    .setReport(
                        TrainingMessages.seal(
                            ByteString.copyFromUtf8("a report"), ByteString.EMPTY))
                    .build()),
        report(
            "objective is no number",
            "objective",
            b -> b.getClusteringBuilder().addObjective(Double.NaN)),
        report("no reason to stop", "stop", b -> b.getClusteringBuilder().clearStop()),
        report("negative time", "total_time", b -> b.getTotalTimeBuilder().setSeconds(-1)));
  }

  private static Case report(String name, String text, Consumer<TrainingReport.Builder> change) {
    return wrong(
        name,
        text,
        GetTrainingReportResponse.class,
        m -> {
          TrainingReport.Builder report = TrainingReport.newBuilder();
          merge(report, m.getReport().getReport());
          change.accept(report);
          ByteString bytes = report.build().toByteString();
          return m.toBuilder()
              .setReport(TrainingMessages.seal(bytes, m.getReport().getCalibration()))
              .build();
        });
  }

  private static Case calibration(String name, String text, Consumer<Calibration.Builder> change) {
    return wrong(
        name,
        text,
        GetTrainingReportResponse.class,
        m -> {
          Calibration.Builder calibration = Calibration.newBuilder();
          merge(calibration, m.getReport().getCalibration());
          change.accept(calibration);
          ByteString bytes = calibration.build().toByteString();
          return m.toBuilder()
              .setReport(TrainingMessages.seal(m.getReport().getReport(), bytes))
              .build();
        });
  }

  private static void merge(Message.Builder target, ByteString bytes) {
    try {
      target.mergeFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static Stream<Case> codebooks() throws IOException {
    Class<GetCodebookResponse> type = GetCodebookResponse.class;
    byte[] good =
        TestVectors.trained(TestVectors.request(), TestVectors.sample()).codebook().toBytes();
    FloatMatrix narrow = new FloatMatrix(new float[TestVectors.ROWS * 5], TestVectors.ROWS, 5);
    byte[] otherDim = TestVectors.trained(TestVectors.request(1), narrow).codebook().toBytes();
    byte[] more =
        TestVectors.trained(TestVectors.request(TestVectors.NLIST + 1), TestVectors.sample())
            .codebook()
            .toBytes();
    return Stream.of(
        replaced("other dimension", "codebook dim must be 12, got: 5", otherDim),
        replaced("more lists than asked for", "nlist must be at most 8, got: 9", more),
        replaced(
            "centroid is no number",
            "must be finite",
            Bytes.withFloat(good, good.length / 2 / 4 * 4, Float.NaN)),
        replaced("no codebook", "codebook: ", new byte[] {1, 2, 3}),
        wrong(
            "other id",
            "codebook_id",
            type,
            m ->
                header(
                    m,
                    h -> {
                      var b = h.toBuilder();
                      b.getCodebookBuilder().setId(ByteString.copyFrom(new byte[32]));
                      return b.build();
                    })),
        wrong(
            "huge",
            "codebook must have 1 to",
            type,
            m -> header(m, h -> h.toBuilder().setSizeBytes(1L << 40).build())),
        wrong(
            "other hash", "sha256", type, m -> header(m, h -> h.toBuilder().clearSha256().build())),
        new Case(
            "header missing",
            Reason.INVALID_ANSWER,
            "header",
            m -> m instanceof GetCodebookResponse r && r.hasHeader() ? List.of() : List.of(m)),
        new Case(
            "short",
            Reason.INVALID_ANSWER,
            "ended too early",
            m ->
                m instanceof GetCodebookResponse r && r.getChunk().getOffset() > 0
                    ? List.of()
                    : List.of(m)),
        new Case(
            "chunk twice",
            Reason.INVALID_ANSWER,
            "codebook offset must be",
            m -> m instanceof GetCodebookResponse r && r.hasChunk() ? List.of(m, m) : List.of(m)),
        new Case(
            "too long",
            Reason.INVALID_ANSWER,
            "more messages",
            m ->
                m instanceof GetCodebookResponse r
                        && r.getChunk().getData().size() < FakeTraining.CHUNK_BYTES
                        && r.hasChunk()
                    ? List.of(m, m)
                    : List.of(m)),
        wrong(
            "damaged",
            "crc32c of codebook",
            type,
            m -> {
              var b = m.toBuilder();
              if (m.hasChunk()) {
                b.getChunkBuilder().setCrc32C(m.getChunk().getCrc32C() ^ 1);
              }
              return b.build();
            }));
  }

  private static GetCodebookResponse header(
      GetCodebookResponse message,
      UnaryOperator<io.github.luceneivf.proto.v1.CodebookHeader> change) {
    return message.hasHeader()
        ? message.toBuilder().setHeader(change.apply(message.getHeader())).build()
        : message;
  }

  /** Returns the id of a codebook, or any if the bytes are none. */
  private static CodebookId id(byte[] bytes) {
    try {
      return Codebook.fromBytes(bytes).id();
    } catch (IOException e) {
      return CodebookId.hashOf(bytes);
    }
  }

  /** Answers with the messages of other bytes. */
  private static Case replaced(String name, String text, byte[] bytes) {
    return new Case(
        name,
        Reason.INVALID_ANSWER,
        text,
        message -> {
          if (!(message instanceof GetCodebookResponse response)) {
            return List.of(message);
          }
          return response.hasHeader() ? FakeTraining.codebook(id(bytes), bytes) : List.of();
        });
  }
}

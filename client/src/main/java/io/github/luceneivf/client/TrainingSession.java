// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import io.github.luceneivf.client.SidecarException.Reason;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.proto.v1.CancelJobRequest;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.CodebookHeader;
import io.github.luceneivf.proto.v1.CreateTrainingJobRequest;
import io.github.luceneivf.proto.v1.CreateTrainingJobResponse;
import io.github.luceneivf.proto.v1.GetCodebookRequest;
import io.github.luceneivf.proto.v1.GetCodebookResponse;
import io.github.luceneivf.proto.v1.GetTrainingReportRequest;
import io.github.luceneivf.proto.v1.GetTrainingReportResponse;
import io.github.luceneivf.proto.v1.JobState;
import io.github.luceneivf.proto.v1.ProtocolVersion;
import io.github.luceneivf.proto.v1.SampleEnd;
import io.github.luceneivf.proto.v1.TrainingServiceGrpc;
import io.github.luceneivf.proto.v1.UploadSampleRequest;
import io.github.luceneivf.proto.v1.UploadSampleResponse;
import io.github.luceneivf.proto.v1.WatchJobRequest;
import io.github.luceneivf.proto.v1.WatchJobResponse;
import io.github.luceneivf.wire.CodebookAssembler;
import io.github.luceneivf.wire.CodebookChunks;
import io.github.luceneivf.wire.CodebookRefs;
import io.github.luceneivf.wire.SpecMessages;
import io.github.luceneivf.wire.TrainingMessages;
import io.grpc.CallOptions;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One training: create the job, upload the sample, watch, fetch report and codebook. Closing it
 * early cancels the job. Confined to the thread that trains.
 */
final class TrainingSession implements AutoCloseable {

  private static final long CANCEL_SECONDS = 5;
  private static final int MAX_ID_LENGTH = 256;

  private final SidecarConnection connection;
  private final RemoteConfig config;
  private final TrainingRequest request;
  private final FloatMatrix sample;
  private final TrainingMonitor monitor;
  private String job = "";
  private boolean done;

  TrainingSession(
      SidecarConnection connection,
      TrainingRequest request,
      FloatMatrix sample,
      TrainingMonitor monitor) {
    this.connection = connection;
    this.config = connection.config();
    this.request = request;
    this.sample = sample;
    this.monitor = monitor;
  }

  TrainedCodebook run() throws IOException {
    SampleMessages rows = new SampleMessages(sample, config.chunkBytes());
    SampleMessages queries =
        new SampleMessages(request.querySample().queries(), config.chunkBytes());
    SampleEnd end =
        SampleEnd.newBuilder()
            .setRows(sample.rows())
            .setSha256(rows.hash(monitor))
            .setQueryRows(request.querySample().size())
            .setQuerySha256(queries.hash(monitor))
            .build();
    CreateTrainingJobRequest wanted =
        createJob(rows.announced(end.getSha256()), queries.announced(end.getQuerySha256()));
    CreateTrainingJobResponse created =
        RemoteCall.unary(
            connection, TrainingServiceGrpc.getCreateTrainingJobMethod(), wanted, monitor);
    job = created.getJob().getId();
    if (job.isEmpty() || job.length() > MAX_ID_LENGTH) {
      throw SidecarException.invalid(
          "job id must have 1 to " + MAX_ID_LENGTH + " characters, got: " + job.length());
    }
    // A seed that was damaged on its way would give another codebook, and nobody would notice.
    if (!SpecMessages.isSame(wanted.getSpec(), created.getJob().getSpec())) {
      throw SidecarException.invalid("job " + job + " must be what was asked for, and is not");
    }
    if (created.getJob().getSampleNeeded()) {
      byte[] parent = created.getJob().getParentNeeded() ? parent() : new byte[0];
      try (Upload upload = new Upload()) {
        upload.send(parent, rows, queries, end);
      }
    }
    watch();
    TrainedCodebook trained = fetch();
    done = true;
    return trained;
  }

  private CreateTrainingJobRequest createJob(SpecMessages.Rows rows, SpecMessages.Rows queries) {
    long parentBytes = request.warmStart().map(parent -> parent.toBytes().length).orElse(0);
    return CreateTrainingJobRequest.newBuilder()
        .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
        .setSpec(
            SpecMessages.asked(
                new SpecMessages.Spec(request, sample.dim(), rows, queries, parentBytes)))
        .build();
  }

  private byte[] parent() throws SidecarException {
    return request
        .warmStart()
        .orElseThrow(() -> SidecarException.invalid("parent must not be needed, but is"))
        .toBytes();
  }

  /** The call that uploads. */
  private final class Upload implements AutoCloseable {
    private final RemoteCall<UploadSampleRequest, UploadSampleResponse> call;

    Upload() {
      call = new RemoteCall<>(connection, TrainingServiceGrpc.getUploadSampleMethod(), monitor);
    }

    /**
     * Sends everything.
     *
     * @param parent binary form of the parent; empty if the sidecar has it or needs none
     */
    void send(byte[] parent, SampleMessages rows, SampleMessages queries, SampleEnd end)
        throws IOException {
      send(message -> message.getHeaderBuilder().setJobId(job).setParentBytes(parent.length));
      for (CodebookChunk chunk : CodebookChunks.of(parent, config.chunkBytes())) {
        monitor.check();
        send(message -> message.setParent(chunk));
      }
      rows.forEachChunk(chunk -> {
        monitor.check();
        send(message -> message.setChunk(chunk));
      });
      queries.forEachChunk(chunk -> {
        monitor.check();
        send(message -> message.setQueries(chunk));
      });
      send(message -> message.setEnd(end));
      call.halfClose();
      call.next(config.silenceDeadline());
      call.requireEnd(config.silenceDeadline());
    }

    private void send(Consumer<UploadSampleRequest.Builder> content) throws IOException {
      UploadSampleRequest.Builder message = UploadSampleRequest.newBuilder();
      content.accept(message);
      call.send(message.build(), config.silenceDeadline());
    }

    @Override
    public void close() {
      call.close();
    }
  }

  private void watch() throws IOException {
    ProgressWatch progress =
        new ProgressWatch(config.progressDeadline(), monitor, System::nanoTime);
    try (RemoteCall<WatchJobRequest, WatchJobResponse> call =
        new RemoteCall<>(connection, TrainingServiceGrpc.getWatchJobMethod(), monitor)) {
      call.sendLast(WatchJobRequest.newBuilder().setJobId(job).build());
      while (true) {
        WatchJobResponse response = call.next(config.silenceDeadline());
        JobState state = progress.accept(response.getProgress());
        if (state == JobState.JOB_STATE_SUCCEEDED) {
          return;
        }
        if (state != JobState.JOB_STATE_QUEUED && state != JobState.JOB_STATE_RUNNING) {
          done = true; // nothing to cancel
          throw new SidecarException(
              Reason.FAILED,
              "sidecar: job " + job + " is " + state + ": " + response.getProgress().getError());
        }
      }
    }
  }

  private TrainedCodebook fetch() throws IOException {
    GetTrainingReportResponse report =
        RemoteCall.unary(
            connection,
            TrainingServiceGrpc.getGetTrainingReportMethod(),
            GetTrainingReportRequest.newBuilder().setJobId(job).build(),
            monitor);
    TrainingMessages.Expected expected =
        new TrainingMessages.Expected(
            request.params().nlist(), sample.rows(), "sidecar " + config.target());
    return TrainingMessages.read(report.getReport(), fetchCodebook(), expected);
  }

  private Codebook fetchCodebook() throws IOException {
    WantedCodebook wanted = new WantedCodebook(request, sample.dim());
    try (RemoteCall<GetCodebookRequest, GetCodebookResponse> call =
        new RemoteCall<>(connection, TrainingServiceGrpc.getGetCodebookMethod(), monitor)) {
      call.sendLast(GetCodebookRequest.newBuilder().setJobId(job).build());
      GetCodebookResponse first = call.next(config.silenceDeadline());
      if (!first.hasHeader()) {
        throw SidecarException.invalid(
            "first message must be a header, got: " + first.getMessageCase());
      }
      CodebookHeader header = first.getHeader();
      CodebookAssembler received = new CodebookAssembler(header.getSizeBytes(), wanted.maxBytes());
      while (!received.isComplete()) {
        GetCodebookResponse next = call.next(config.silenceDeadline());
        if (!next.hasChunk()) {
          throw SidecarException.invalid(
              "codebook chunk must come next, got: " + next.getMessageCase());
        }
        received.add(next.getChunk());
      }
      call.requireEnd(config.silenceDeadline());
      received.requireSha256(header.getSha256());
      CodebookId id = CodebookRefs.id("codebook_id", header.getCodebook().getId());
      return wanted.require(received.read(id));
    }
  }

  /** Cancels the job, without waiting, if it was not brought to its end. */
  @Override
  public void close() {
    if (!done && !job.isEmpty()) {
      Future<?> _ =
          ClientCalls.futureUnaryCall(
              connection
                  .channel()
                  .newCall(
                      TrainingServiceGrpc.getCancelJobMethod(),
                      CallOptions.DEFAULT.withDeadlineAfter(CANCEL_SECONDS, TimeUnit.SECONDS)),
              CancelJobRequest.newBuilder().setJobId(job).build());
    }
  }
}

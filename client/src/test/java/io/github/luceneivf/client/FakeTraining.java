// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import com.google.protobuf.ByteString;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.proto.v1.CancelJobRequest;
import io.github.luceneivf.proto.v1.CancelJobResponse;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.CodebookHeader;
import io.github.luceneivf.proto.v1.CodebookRef;
import io.github.luceneivf.proto.v1.CreateTrainingJobRequest;
import io.github.luceneivf.proto.v1.CreateTrainingJobResponse;
import io.github.luceneivf.proto.v1.GetCodebookRequest;
import io.github.luceneivf.proto.v1.GetCodebookResponse;
import io.github.luceneivf.proto.v1.GetTrainingReportRequest;
import io.github.luceneivf.proto.v1.GetTrainingReportResponse;
import io.github.luceneivf.proto.v1.Job;
import io.github.luceneivf.proto.v1.JobPhase;
import io.github.luceneivf.proto.v1.JobProgress;
import io.github.luceneivf.proto.v1.JobState;
import io.github.luceneivf.proto.v1.TrainingServiceGrpc;
import io.github.luceneivf.proto.v1.UploadSampleRequest;
import io.github.luceneivf.proto.v1.UploadSampleResponse;
import io.github.luceneivf.proto.v1.WatchJobRequest;
import io.github.luceneivf.proto.v1.WatchJobResponse;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.TrainingMessages;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;

/** A training service that has the result before it is asked. */
final class FakeTraining extends TrainingServiceGrpc.TrainingServiceImplBase {

  static final int CHUNK_BYTES = 100;

  private final FakeSidecar sidecar;
  private final TrainedCodebook trained;

  FakeTraining(FakeSidecar sidecar, TrainedCodebook trained) {
    this.sidecar = sidecar;
    this.trained = trained;
  }

  @Override
  public void createTrainingJob(
      CreateTrainingJobRequest request, StreamObserver<CreateTrainingJobResponse> client) {
    Job job =
        Job.newBuilder().setId("job-1").setSpec(request.getSpec()).setSampleNeeded(true).build();
    sidecar.send(client, List.of(CreateTrainingJobResponse.newBuilder().setJob(job).build()));
  }

  @Override
  public StreamObserver<UploadSampleRequest> uploadSample(
      StreamObserver<UploadSampleResponse> client) {
    sidecar.observe(client);
    return new StreamObserver<>() {
      @Override
      public void onNext(UploadSampleRequest message) {
        if (message.hasEnd()) {
          sidecar.send(client, List.of(UploadSampleResponse.getDefaultInstance()));
        }
      }

      @Override
      public void onError(Throwable t) {}

      @Override
      public void onCompleted() {}
    };
  }

  @Override
  public void watchJob(WatchJobRequest request, StreamObserver<WatchJobResponse> client) {
    sidecar.observe(client);
    sidecar.send(
        client,
        List.of(
            progress(JobState.JOB_STATE_RUNNING, JobPhase.JOB_PHASE_ITERATE, 50),
            progress(JobState.JOB_STATE_SUCCEEDED, JobPhase.JOB_PHASE_DONE, 100)));
  }

  static WatchJobResponse progress(JobState state, JobPhase phase, double percent) {
    return WatchJobResponse.newBuilder()
        .setProgress(JobProgress.newBuilder().setState(state).setPhase(phase).setPercent(percent))
        .build();
  }

  @Override
  public void cancelJob(CancelJobRequest request, StreamObserver<CancelJobResponse> client) {
    sidecar.jobCancelled.countDown();
    client.onNext(CancelJobResponse.getDefaultInstance());
    client.onCompleted();
  }

  @Override
  public void getTrainingReport(
      GetTrainingReportRequest request, StreamObserver<GetTrainingReportResponse> client) {
    sidecar.send(
        client,
        List.of(
            GetTrainingReportResponse.newBuilder()
                .setReport(TrainingMessages.write(trained, ""))
                .build()));
  }

  @Override
  public void getCodebook(GetCodebookRequest request, StreamObserver<GetCodebookResponse> client) {
    sidecar.send(client, codebook(trained.codebook().id(), trained.codebook().toBytes()));
  }

  /** Returns the messages for a codebook of these bytes. */
  static List<GetCodebookResponse> codebook(CodebookId id, byte[] bytes) {
    List<GetCodebookResponse> messages = new ArrayList<>();
    messages.add(
        GetCodebookResponse.newBuilder()
            .setHeader(
                CodebookHeader.newBuilder()
                    .setCodebook(
                        CodebookRef.newBuilder()
                            .setId(ByteString.copyFrom(id.bytes()))
                            .setVersion(1))
                    .setSizeBytes(bytes.length)
                    .setSha256(ByteString.copyFrom(Checksums.sha256().digest(bytes))))
            .build());
    for (int from = 0; from < bytes.length; from += CHUNK_BYTES) {
      ByteString data =
          ByteString.copyFrom(bytes, from, Math.min(CHUNK_BYTES, bytes.length - from));
      messages.add(
          GetCodebookResponse.newBuilder()
              .setChunk(
                  CodebookChunk.newBuilder()
                      .setOffset(from)
                      .setData(data)
                      .setCrc32C(Checksums.crc32c(data)))
              .build());
    }
    return messages;
  }
}

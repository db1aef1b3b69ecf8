// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import io.github.luceneivf.proto.v1.CancelJobRequest;
import io.github.luceneivf.proto.v1.CancelJobResponse;
import io.github.luceneivf.proto.v1.CreateTrainingJobRequest;
import io.github.luceneivf.proto.v1.CreateTrainingJobResponse;
import io.github.luceneivf.proto.v1.GetCodebookRequest;
import io.github.luceneivf.proto.v1.GetCodebookResponse;
import io.github.luceneivf.proto.v1.GetJobRequest;
import io.github.luceneivf.proto.v1.GetJobResponse;
import io.github.luceneivf.proto.v1.GetTrainingReportRequest;
import io.github.luceneivf.proto.v1.GetTrainingReportResponse;
import io.github.luceneivf.proto.v1.ListJobsRequest;
import io.github.luceneivf.proto.v1.ListJobsResponse;
import io.github.luceneivf.proto.v1.TrainingServiceGrpc;
import io.github.luceneivf.proto.v1.UploadSampleRequest;
import io.github.luceneivf.proto.v1.UploadSampleResponse;
import io.github.luceneivf.proto.v1.WatchJobRequest;
import io.github.luceneivf.proto.v1.WatchJobResponse;
import io.github.luceneivf.server.codebook.CodebookDownload;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.rpc.CallRoom;
import io.github.luceneivf.server.rpc.DrainGate;
import io.github.luceneivf.server.rpc.ProtocolCheck;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.server.rpc.UnaryReply;
import io.github.luceneivf.wire.ChunkCheck;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The training service: translates, delegates to {@link JobRegistry}, translates. Thread-safe. */
public final class TrainingEndpoint extends TrainingServiceGrpc.TrainingServiceImplBase {

  /** Each may hold a message of every phase, some hundred bytes; a job has one watch or two. */
  private static final int MAX_WATCHES = 1000;

  private final JobRegistry jobs;
  private final PeerJobs jobsOfPeers;
  private final Limits limits;
  private final CallRoom uploads;
  private final CallRoom downloads;
  private final DrainGate gate;
  private final Semaphore watches = new Semaphore(MAX_WATCHES);

  /**
   * Creates the service.
   *
   * @param uploads room for samples
   * @param downloads room for codebooks on their way to clients, with threads that may wait for the
   *     disk
   * @param gate closed when no new work is wanted
   */
  public TrainingEndpoint(
      JobRegistry jobs, Limits limits, CallRoom uploads, CallRoom downloads, DrainGate gate) {
    this.jobs = jobs;
    this.jobsOfPeers = new PeerJobs(jobs, limits);
    this.limits = limits;
    this.uploads = uploads;
    this.downloads = downloads;
    this.gate = gate;
  }

  @Override
  public void createTrainingJob(
      CreateTrainingJobRequest request, StreamObserver<CreateTrainingJobResponse> client) {
    UnaryReply.send(
        client,
        () -> {
          gate.requireOpen();
          ProtocolCheck.require(request.getProtocolVersionValue());
          TrainingJob job = jobsOfPeers.create(JobMessages.spec(request.getSpec(), limits));
          return CreateTrainingJobResponse.newBuilder()
              .setJob(JobMessages.job(job))
              .setMaxChunkBytes(ChunkCheck.MAX_BYTES)
              .build();
        });
  }

  @Override
  public StreamObserver<UploadSampleRequest> uploadSample(
      StreamObserver<UploadSampleResponse> client) {
    return new SampleUpload(jobs, limits, uploads, client);
  }

  @Override
  public void watchJob(WatchJobRequest request, StreamObserver<WatchJobResponse> client) {
    TrainingJob job = jobs.get(request.getJobId());
    if (!watches.tryAcquire()) {
      throw RequestException.exhausted("watches must be at most " + MAX_WATCHES);
    }
    var call = (ServerCallStreamObserver<WatchJobResponse>) client;
    JobWatch watch = new JobWatch(call);
    Future<?> heartbeat =
        downloads.timer().scheduleAtFixedRate(watch::heartbeat, 1, 1, TimeUnit.SECONDS);
    AtomicBoolean released = new AtomicBoolean();
    Runnable release =
        () -> {
          if (!released.compareAndSet(false, true)) {
            return; // cancelled, then closed
          }
          job.removeListener(watch);
          job.lease().unfollow();
          heartbeat.cancel(false);
          watch.stop();
          watches.release();
        };
    job.lease().follow();
    call.setOnCancelHandler(release);
    call.setOnCloseHandler(release);
    call.setOnReadyHandler(watch::send);
    job.addListener(watch);
  }

  @Override
  public void cancelJob(CancelJobRequest request, StreamObserver<CancelJobResponse> client) {
    UnaryReply.send(
        client,
        () -> {
          TrainingJob job = jobs.get(request.getJobId());
          job.end(JobState.CANCELLED, "cancelled by a client");
          return CancelJobResponse.newBuilder().setJob(JobMessages.job(job)).build();
        });
  }

  @Override
  public void getJob(GetJobRequest request, StreamObserver<GetJobResponse> client) {
    UnaryReply.send(
        client,
        () -> {
          TrainingJob job = jobs.get(request.getJobId());
          job.lease().renew();
          return GetJobResponse.newBuilder().setJob(JobMessages.job(job)).build();
        });
  }

  @Override
  public void listJobs(ListJobsRequest request, StreamObserver<ListJobsResponse> client) {
    UnaryReply.send(client, () -> JobPage.of(jobs, request));
  }

  @Override
  public void getTrainingReport(
      GetTrainingReportRequest request, StreamObserver<GetTrainingReportResponse> client) {
    downloads.work().execute(() -> UnaryReply.send(client, () -> report(request)));
  }

  private GetTrainingReportResponse report(GetTrainingReportRequest request) throws IOException {
    JobResult result = jobs.get(request.getJobId()).result();
    try {
      return GetTrainingReportResponse.newBuilder().setReport(JobStore.readReport(result)).build();
    } catch (NoSuchFileException e) {
      throw RequestException.notFound("job has expired in the meantime");
    }
  }

  @Override
  public void getCodebook(GetCodebookRequest request, StreamObserver<GetCodebookResponse> client) {
    CodebookDownload.start(
        downloads,
        client,
        chunk -> GetCodebookResponse.newBuilder().setChunk(chunk).build(),
        () -> {
          JobResult result = jobs.get(request.getJobId()).result();
          return new CodebookDownload.Found<>(result.codebookBytes(), () -> content(result));
        });
  }

  private static CodebookDownload.Content<GetCodebookResponse> content(JobResult result)
      throws IOException {
    byte[] codebook;
    try {
      codebook = JobStore.readCodebook(result);
    } catch (NoSuchFileException e) {
      throw RequestException.notFound("job has expired in the meantime");
    }
    return new CodebookDownload.Content<>(
        GetCodebookResponse.newBuilder().setHeader(result.codebook()).build(), codebook);
  }
}

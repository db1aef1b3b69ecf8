// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.QuerySample;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.SampleChunk;
import io.github.luceneivf.proto.v1.SampleEnd;
import io.github.luceneivf.proto.v1.SampleHeader;
import io.github.luceneivf.proto.v1.UploadSampleRequest;
import io.github.luceneivf.proto.v1.UploadSampleResponse;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.rpc.CallRoom;
import io.github.luceneivf.server.rpc.InboundStream;
import io.github.luceneivf.server.rpc.LimitCheck;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.wire.CodebookAssembler;
import io.grpc.stub.StreamObserver;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Receives the sample of a job and its queries, in memory that the job has reserved. Every chunk is
 * checked as it comes; the job gets them when all is there. Confined to the call's serial
 * callbacks, but for the job's end, which may come from anywhere.
 */
final class SampleUpload extends InboundStream<UploadSampleRequest, UploadSampleResponse> {

  private final JobRegistry jobs;
  private final Consumer<JobStatus> jobListener = this::jobChanged;
  private final Limits limits;
  private final AtomicBoolean claimed = new AtomicBoolean();
  private volatile @Nullable TrainingJob job;
  private @Nullable CodebookAssembler parent;
  private @Nullable ArrivingRows sample;
  private @Nullable ArrivingRows queries;

  SampleUpload(
      JobRegistry jobs, Limits limits, CallRoom room, StreamObserver<UploadSampleResponse> client) {
    super(room, client);
    this.jobs = jobs;
    this.limits = limits;
  }

  @Override
  protected boolean isHeader(UploadSampleRequest message) {
    return message.hasHeader();
  }

  @Override
  protected String content() {
    return "sample";
  }

  @Override
  protected String lastMessage() {
    return "end must be the last message";
  }

  @Override
  protected void receive(UploadSampleRequest message) {
    switch (message.getMessageCase()) {
      case HEADER -> begin(message.getHeader());
      case PARENT -> add(message.getParent());
      case CHUNK -> addRows(message.getChunk());
      case QUERIES -> addQueries(message.getQueries());
      case END -> finish(message.getEnd());
      case MESSAGE_NOT_SET ->
          throw RequestException.invalid(
              "message must be header, parent, chunk, queries or end, got none");
    }
  }

  private void begin(SampleHeader header) {
    TrainingJob found = jobs.get(header.getJobId());
    if (header.getParentBytes() != 0) {
      RequestException.requireRange(
          "parent_bytes",
          header.getParentBytes(),
          found.spec().parentBytes(),
          found.spec().parentBytes());
    }
    found.beginUpload();
    claimed.set(true);
    job = found;
    if (header.getParentBytes() > 0) {
      parent = new CodebookAssembler((int) header.getParentBytes());
    }
    JobSpec spec = found.spec();
    sample = new ArrivingRows(ArrivingRows.Kind.SAMPLE, spec.rows(), spec.dim());
    queries = new ArrivingRows(ArrivingRows.Kind.QUERIES, spec.queries().count(), spec.dim());
    found.addListener(jobListener);
  }

  private TrainingJob begun() {
    TrainingJob begun = job;
    if (begun == null) {
      throw RequestException.invalid("header must be the first message");
    }
    return begun;
  }

  private void add(CodebookChunk chunk) {
    TrainingJob target = begun();
    CodebookAssembler input = parent;
    if (input == null || input.isComplete()) {
      throw RequestException.invalid("parent must come once, and only if announced");
    }
    input.add(chunk);
    target.uploaded(0);
    if (input.isComplete()) {
      CodebookId id = target.spec().request().parent().orElseThrow().id();
      target.parent(LimitCheck.require(input.read(id), limits));
    }
  }

  private void addRows(SampleChunk chunk) {
    TrainingJob target = begun();
    CodebookAssembler input = parent;
    if (input != null && !input.isComplete()) {
      throw RequestException.invalid("parent must come before the sample");
    }
    ArrivingRows rows = begun(sample);
    rows.add(chunk);
    target.uploaded(rows.rows());
  }

  private void addQueries(SampleChunk chunk) {
    TrainingJob target = begun();
    ArrivingRows rows = begun(sample);
    if (!rows.isComplete()) {
      throw RequestException.invalid("queries must come after all rows of the sample");
    }
    ArrivingRows asked = begun(queries);
    asked.add(chunk);
    target.uploaded((long) rows.rows() + asked.rows());
  }

  private static ArrivingRows begun(@Nullable ArrivingRows rows) {
    return Objects.requireNonNull(rows, "rows begin with the header");
  }

  private void finish(SampleEnd end) {
    TrainingJob target = begun();
    JobSpec spec = target.spec();
    FloatMatrix rows = begun(sample).finish(end.getRows(), end.getSha256(), spec.sample().hash());
    FloatMatrix asked =
        begun(queries).finish(end.getQueryRows(), end.getQuerySha256(), spec.queries().hash());
    target.removeListener(jobListener);
    target.finishUpload(rows, QuerySample.of(asked));
    drop();
    jobs.run(target);
    if (close()) {
      client.onNext(UploadSampleResponse.newBuilder().setJob(JobMessages.job(target)).build());
      client.onCompleted();
    }
  }

  private void drop() {
    sample = null;
    queries = null;
    parent = null;
  }

  private void jobChanged(JobStatus status) {
    if (status.state().isFinal()) {
      fail(RequestException.precondition("job has ended: " + status.error()));
    }
  }

  /** A job whose sample comes too slowly does not wait for another one. */
  @Override
  protected void late(RequestException cause) {
    TrainingJob target = job;
    fail(cause);
    if (target != null) {
      target.end(JobState.EXPIRED, String.valueOf(cause.getMessage()));
    }
  }

  @Override
  protected void release() {
    drop();
    TrainingJob target = job;
    if (target != null) {
      target.removeListener(jobListener);
      if (claimed.getAndSet(false)) {
        target.abandonUpload(); // so that a client that is told may upload again
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.SampleChunk;
import io.github.luceneivf.proto.v1.SampleEnd;
import io.github.luceneivf.proto.v1.SampleHeader;
import io.github.luceneivf.proto.v1.UploadSampleRequest;
import io.github.luceneivf.proto.v1.UploadSampleResponse;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.rpc.CallRoom;
import io.github.luceneivf.server.rpc.FiniteCheck;
import io.github.luceneivf.server.rpc.InboundStream;
import io.github.luceneivf.server.rpc.LimitCheck;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.ChunkCheck;
import io.github.luceneivf.wire.CodebookAssembler;
import io.github.luceneivf.wire.FloatBytes;
import io.grpc.stub.StreamObserver;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Receives the sample of a job, in memory that the job has reserved. Every chunk is checked as it
 * comes; the job gets the sample when all is there. Confined to the call's serial callbacks, but
 * for the job's end, which may come from anywhere.
 */
final class SampleUpload extends InboundStream<UploadSampleRequest, UploadSampleResponse> {

  private final JobRegistry jobs;
  private final MessageDigest digest = Checksums.sha256();
  private final Consumer<JobStatus> jobListener = this::jobChanged;
  private final Limits limits;
  private final AtomicBoolean claimed = new AtomicBoolean();
  private volatile @Nullable TrainingJob job;
  private @Nullable CodebookAssembler parent;
  private float[] values = {};
  private int rows;

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
      case CHUNK -> add(message.getChunk());
      case END -> finish(message.getEnd());
      case MESSAGE_NOT_SET ->
          throw RequestException.invalid("message must be header, parent, chunk or end, got none");
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
    values = new float[found.spec().rows() * found.spec().dim()];
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

  private void add(SampleChunk chunk) {
    TrainingJob target = begun();
    CodebookAssembler input = parent;
    if (input != null && !input.isComplete()) {
      throw RequestException.invalid("parent must come before the sample");
    }
    int dim = target.spec().dim();
    ChunkCheck.verify("vectors", chunk.getVectors(), chunk.getCrc32C());
    int rowBytes = dim * Float.BYTES;
    int count = chunk.getVectors().size() / rowBytes;
    if (count * rowBytes != chunk.getVectors().size()) {
      throw RequestException.invalid(
          "vectors bytes must be a multiple of "
              + rowBytes
              + ", got: "
              + chunk.getVectors().size());
    }
    if (chunk.getFirstRow() != rows) {
      throw RequestException.invalid("first_row must be " + rows + ", got: " + chunk.getFirstRow());
    }
    if (count > target.spec().rows() - rows) {
      throw RequestException.invalid(
          "rows must be at most " + target.spec().rows() + ", got: " + ((long) rows + count));
    }
    int from = rows * dim;
    FloatBytes.copyTo(chunk.getVectors(), values, from);
    FiniteCheck.require(values, from, count * dim, dim, rows);
    Checksums.update(digest, chunk.getVectors());
    rows += count;
    target.uploaded(rows);
  }

  private void finish(SampleEnd end) {
    TrainingJob target = begun();
    if (end.getRows() != rows || rows != target.spec().rows()) {
      throw RequestException.invalid(
          "rows must be "
              + target.spec().rows()
              + ", got: "
              + rows
              + ", end says: "
              + end.getRows());
    }
    String actual = HexFormat.of().formatHex(digest.digest());
    requireHash("sha256", HexFormat.of().formatHex(end.getSha256().toByteArray()), actual);
    target.spec().sampleHash().ifPresent(hash -> requireHash("sample_sha256", hash, actual));
    target.removeListener(jobListener);
    target.finishUpload(new FloatMatrix(values, rows, target.spec().dim()));
    values = new float[0];
    jobs.run(target);
    if (close()) {
      client.onNext(UploadSampleResponse.newBuilder().setJob(JobMessages.job(target)).build());
      client.onCompleted();
    }
  }

  private static void requireHash(String name, String wanted, String actual) {
    if (!wanted.equals(actual)) {
      int max = 64;
      String shown = wanted.length() <= max ? wanted : wanted.substring(0, max);
      throw RequestException.invalid(name + " must be " + actual + ", got: " + shown);
    }
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
    values = new float[0];
    parent = null;
    TrainingJob target = job;
    if (target != null) {
      target.removeListener(jobListener);
      if (claimed.getAndSet(false)) {
        target.abandonUpload(); // so that a client that is told may upload again
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import com.google.protobuf.Timestamp;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.CodebookRef;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.FetchHeader;
import io.github.luceneivf.proto.v1.PublishCodebookRequest;
import io.github.luceneivf.proto.v1.PublishCodebookResponse;
import io.github.luceneivf.proto.v1.PublishHeader;
import io.github.luceneivf.proto.v1.PublishedCodebook;
import io.github.luceneivf.server.rpc.Admissions;
import io.github.luceneivf.server.rpc.Answer;
import io.github.luceneivf.server.rpc.IdleTimer;
import io.github.luceneivf.server.rpc.LimitCheck;
import io.github.luceneivf.server.rpc.ProtocolCheck;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.server.rpc.StatusMapper;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.CodebookAssembler;
import io.github.luceneivf.wire.CodebookRefs;
import io.github.luceneivf.wire.TrainingMessages;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives a codebook that is published: checks it as it comes, then hands it to the disk's thread.
 * Confined to the call's serial callbacks, but for the idle timer and the disk's thread; whoever
 * {@linkplain #close closes} it first answers.
 */
final class CodebookUpload implements StreamObserver<PublishCodebookRequest> {

  private static final Logger LOG = LoggerFactory.getLogger(CodebookUpload.class);

  private final CodebookStore store;
  private final Transfers transfers;
  private final InstantSource clock;
  private final ServerCallStreamObserver<PublishCodebookResponse> client;
  private final IdleTimer idle;
  private @Nullable PublishHeader header;
  private @Nullable CodebookAssembler input;
  private Admissions.@Nullable Admission admission;
  private boolean closed;

  CodebookUpload(
      CodebookStore store,
      Transfers transfers,
      InstantSource clock,
      ServerCallStreamObserver<PublishCodebookResponse> client) {
    this.store = store;
    this.transfers = transfers;
    this.clock = clock;
    this.client = client;
    this.idle =
        IdleTimer.start(
            transfers.timer(),
            transfers.idle(),
            () -> fail(RequestException.idle("codebook must come within " + transfers.idle())));
    client.setOnCancelHandler(this::close);
  }

  @Override
  public void onNext(PublishCodebookRequest message) {
    idle.touch();
    if (isClosed()) {
      return;
    }
    try {
      switch (message.getMessageCase()) {
        case HEADER -> begin(message.getHeader());
        case CHUNK -> add(message.getChunk());
        case MESSAGE_NOT_SET ->
            throw RequestException.invalid("message must be header or chunk, got none");
      }
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  private void begin(PublishHeader first) {
    if (header != null) {
      throw RequestException.invalid("header must be the first message, got another");
    }
    ProtocolCheck.require(first.getProtocolVersionValue());
    FieldName name = new FieldName(first.getIndex(), first.getField());
    CodebookRef ref = CodebookRefs.read("codebook", first.getCodebook());
    Optional<CodebookId> parent = CodebookRefs.optionalId("parent_id", first.getParentId());
    RequestException.requireRange(
        "sha256 bytes", first.getSha256().size(), Checksums.SHA256_BYTES, Checksums.SHA256_BYTES);
    TrainingMessages.requireIntact(first.getReport());
    RequestException.requireRange("size_bytes", first.getSizeBytes(), 1, Integer.MAX_VALUE - 8);
    store.field(name).ifPresent(field -> field.check(ref, parent));
    store.requireRoom(first.getSizeBytes());
    // The bytes, and centroids and hash input when they are read.
    Admissions.Admission room = transfers.admit(3 * first.getSizeBytes());
    synchronized (this) {
      admission = room;
      if (closed) {
        room.close();
        return;
      }
    }
    input = new CodebookAssembler((int) first.getSizeBytes());
    header = first;
  }

  private void add(CodebookChunk chunk) {
    CodebookAssembler target = input;
    PublishHeader begun = header;
    if (target == null || begun == null) {
      throw RequestException.invalid("header must be the first message");
    }
    if (target.isComplete()) {
      throw RequestException.invalid("codebook must have " + begun.getSizeBytes() + " bytes");
    }
    target.add(chunk);
    if (target.isComplete()) {
      transfers.disk().execute(() -> finish(begun, target));
    }
  }

  /** Runs on the disk's thread. */
  private void finish(PublishHeader begun, CodebookAssembler complete) {
    try {
      PublishCodebookResponse response = publish(begun, complete);
      if (close()) {
        Answer.send(client, () -> response);
      }
    } catch (IOException | RuntimeException e) {
      fail(e);
    } catch (OutOfMemoryError e) {
      // The estimate was too low. What the call held is free again; the server lives on.
      fail(e);
    }
  }

  private PublishCodebookResponse publish(PublishHeader begun, CodebookAssembler complete)
      throws IOException {
    complete.requireSha256(begun.getSha256());
    CodebookRef ref = CodebookRefs.read("codebook", begun.getCodebook());
    Codebook codebook = LimitCheck.require(complete.read(ref.id()), transfers.limits());
    Codebook.Lineage lineage = codebook.lineage();
    requireSame("version", lineage.version(), ref.version());
    requireSame(
        "parent_id", lineage.parent(), CodebookRefs.optionalId("parent_id", begun.getParentId()));
    FieldName name = new FieldName(begun.getIndex(), begun.getField());
    FieldCodebooks.Published published =
        store.fieldOrNew(name).publish(stored(begun, codebook), complete.bytes());
    LOG.atInfo()
        .addKeyValue("field", name)
        .addKeyValue("codebook", ref.id().shortHex())
        .addKeyValue("version", lineage.version())
        .addKeyValue("created", published.created())
        .log("codebook published");
    return PublishCodebookResponse.newBuilder()
        .setCodebook(published.codebook().summary())
        .setCreated(published.created())
        .build();
  }

  private static void requireSame(String name, Object wanted, Object got) {
    if (!wanted.equals(got)) {
      throw RequestException.invalid(name + " must be " + wanted + ", got: " + got);
    }
  }

  private FetchHeader stored(PublishHeader begun, Codebook codebook) {
    Instant now = clock.instant();
    return FetchHeader.newBuilder()
        .setProtocolVersion(begun.getProtocolVersion())
        .setCodebook(
            PublishedCodebook.newBuilder()
                .setIndex(begun.getIndex())
                .setField(begun.getField())
                .setCodebook(begun.getCodebook())
                .setParentId(begun.getParentId())
                .setSizeBytes(begun.getSizeBytes())
                .setSha256(begun.getSha256())
                .setPublishTime(
                    Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
                .setMetricValue(codebook.metric().wireId())
                .setDim(codebook.dim())
                .setNlist(codebook.nlist()))
        .setReport(begun.getReport())
        .build();
  }

  @Override
  public void onError(Throwable t) {
    close();
  }

  @Override
  public void onCompleted() {
    CodebookAssembler target = input;
    if (target == null || !target.isComplete()) {
      fail(RequestException.invalid("codebook must come before the end of the call"));
    }
  }

  private void fail(Throwable failure) {
    if (close()) {
      client.onError(StatusMapper.toStatus(failure));
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized boolean close() {
    if (closed) {
      return false;
    }
    closed = true;
    idle.close();
    if (admission != null) {
      admission.close();
    }
    return true;
  }
}

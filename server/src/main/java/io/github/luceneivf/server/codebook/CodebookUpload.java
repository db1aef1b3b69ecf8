// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.CodebookRef;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.FetchHeader;
import io.github.luceneivf.proto.v1.PublishCodebookRequest;
import io.github.luceneivf.proto.v1.PublishCodebookResponse;
import io.github.luceneivf.proto.v1.PublishHeader;
import io.github.luceneivf.proto.v1.PublishedCodebook;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.rpc.CallRoom;
import io.github.luceneivf.server.rpc.InboundStream;
import io.github.luceneivf.server.rpc.LimitCheck;
import io.github.luceneivf.server.rpc.ProtocolCheck;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.CodebookAssembler;
import io.github.luceneivf.wire.CodebookRefs;
import io.github.luceneivf.wire.Timestamps;
import io.github.luceneivf.wire.TrainingMessages;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives a codebook that is published: checks it as it comes, then hands it to the disk's thread.
 */
final class CodebookUpload extends InboundStream<PublishCodebookRequest, PublishCodebookResponse> {

  private static final Logger LOG = LoggerFactory.getLogger(CodebookUpload.class);

  private final CodebookStore store;
  private final Limits limits;
  private final InstantSource clock;
  private @Nullable PublishHeader header;
  private @Nullable CodebookAssembler input;

  /**
   * Creates an upload.
   *
   * @param room with threads that may wait for the disk
   */
  CodebookUpload(
      CodebookStore store,
      Limits limits,
      InstantSource clock,
      CallRoom room,
      StreamObserver<PublishCodebookResponse> client) {
    super(room, client);
    this.store = store;
    this.limits = limits;
    this.clock = clock;
  }

  @Override
  protected boolean isHeader(PublishCodebookRequest message) {
    return message.hasHeader();
  }

  @Override
  protected String content() {
    return "codebook";
  }

  @Override
  protected String lastMessage() {
    return "codebook must come before the end of the call";
  }

  @Override
  protected void receive(PublishCodebookRequest message) {
    switch (message.getMessageCase()) {
      case HEADER -> begin(message.getHeader());
      case CHUNK -> add(message.getChunk());
      case MESSAGE_NOT_SET ->
          throw RequestException.invalid("message must be header or chunk, got none");
    }
  }

  private void begin(PublishHeader first) {
    ProtocolCheck.require(first.getProtocolVersionValue());
    FieldName name = new FieldName(first.getIndex(), first.getField());
    CodebookRef ref = CodebookRefs.read("codebook", first.getCodebook());
    Optional<CodebookId> parent = CodebookRefs.optionalId("parent_id", first.getParentId());
    RequestException.requireRange(
        "sha256 bytes", first.getSha256().size(), Checksums.SHA256_BYTES, Checksums.SHA256_BYTES);
    TrainingMessages.requireIntact(first.getReport());
    RequestException.requireRange(
        "size_bytes", first.getSizeBytes(), 1, CodebookAssembler.MAX_BYTES);
    store.field(name).ifPresent(field -> field.check(ref, parent));
    store.requireRoom(first.getSizeBytes());
    reserve(Codebook.readingBytes(first.getSizeBytes(), limits.maxDims()));
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
      completed();
      handOver(() -> finish(begun, target));
    }
  }

  /** Runs on the disk's thread. */
  private void finish(PublishHeader begun, CodebookAssembler complete) throws IOException {
    PublishCodebookResponse response = publish(begun, complete);
    if (close()) {
      client.onNext(response);
      client.onCompleted();
    }
  }

  private PublishCodebookResponse publish(PublishHeader begun, CodebookAssembler complete)
      throws IOException {
    complete.requireSha256(begun.getSha256());
    CodebookRef ref = CodebookRefs.read("codebook", begun.getCodebook());
    Codebook codebook = LimitCheck.require(complete.read(ref.id()), limits);
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
                .setPublishTime(Timestamps.of(clock.instant()))
                .setMetricValue(codebook.metric().wireId())
                .setDim(codebook.dim())
                .setNlist(codebook.nlist()))
        .setReport(begun.getReport())
        .build();
  }

  @Override
  protected void release() {
    input = null;
  }
}

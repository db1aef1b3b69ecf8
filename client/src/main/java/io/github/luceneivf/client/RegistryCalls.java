// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import static io.github.luceneivf.client.SidecarException.requireSame;

import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.CodebookRef;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.CodebookServiceGrpc;
import io.github.luceneivf.proto.v1.DriftReport;
import io.github.luceneivf.proto.v1.FetchCodebookRequest;
import io.github.luceneivf.proto.v1.FetchCodebookResponse;
import io.github.luceneivf.proto.v1.FetchHeader;
import io.github.luceneivf.proto.v1.ProtocolVersion;
import io.github.luceneivf.proto.v1.PublishCodebookRequest;
import io.github.luceneivf.proto.v1.PublishCodebookResponse;
import io.github.luceneivf.proto.v1.PublishHeader;
import io.github.luceneivf.proto.v1.PublishedCodebook;
import io.github.luceneivf.proto.v1.ReportDriftRequest;
import io.github.luceneivf.wire.CodebookAssembler;
import io.github.luceneivf.wire.CodebookChunks;
import io.github.luceneivf.wire.CodebookRefs;
import io.github.luceneivf.wire.FieldNames;
import io.github.luceneivf.wire.TrainingMessages;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Calls of the sidecar's codebook service, for one index. Thread-safe. */
final class RegistryCalls {

  /** Most bytes of a codebook that is taken: 65536 lists of 2048 dimensions. */
  private static final long MAX_CODEBOOK_BYTES = 512L << 20;

  private final SidecarConnection connection;
  private final String index;
  private final String source;

  /**
   * Creates the calls.
   *
   * @param index name of the index
   * @param source name of this process in drift reports
   */
  RegistryCalls(SidecarConnection connection, String index, String source) {
    this.connection = connection;
    this.index = index;
    this.source = source;
  }

  /** Publishes a codebook; returns whether it was not there before. */
  boolean publish(String field, TrainedCodebook trained, AbortCheck abort) throws IOException {
    Duration silence = connection.config().silenceDeadline();
    byte[] bytes = trained.codebook().toBytes();
    try (RemoteCall<PublishCodebookRequest, PublishCodebookResponse> call =
        new RemoteCall<>(connection, CodebookServiceGrpc.getPublishCodebookMethod(), abort)) {
      call.send(
          PublishCodebookRequest.newBuilder().setHeader(header(field, trained, bytes)).build(),
          silence);
      for (CodebookChunk chunk : CodebookChunks.of(bytes, connection.config().chunkBytes())) {
        call.send(PublishCodebookRequest.newBuilder().setChunk(chunk).build(), silence);
      }
      call.halfClose();
      PublishCodebookResponse response = call.next(silence);
      call.requireEnd(silence);
      PublishedCodebook kept = response.getCodebook();
      requireSame(
          "codebook id",
          CodebookRef.of(trained.codebook()),
          CodebookRefs.read("codebook", kept.getCodebook()));
      // A name that was damaged on its way would be that of another field.
      requireSame("codebook index", index, kept.getIndex());
      requireSame("codebook field", FieldNames.of(field), kept.getField());
      return response.getCreated();
    }
  }

  private PublishHeader header(String field, TrainedCodebook trained, byte[] bytes) {
    PublishHeader.Builder header =
        PublishHeader.newBuilder()
            .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
            .setIndex(index)
            .setField(FieldNames.of(field))
            .setCodebook(CodebookRefs.of(trained.codebook()))
            .setSizeBytes(bytes.length)
            .setSha256(CodebookChunks.sha256(bytes))
            .setReport(TrainingMessages.write(trained, trained.report().trainedBy()));
    trained
        .codebook()
        .lineage()
        .parent()
        .ifPresent(parent -> header.setParentId(CodebookRefs.bytes(parent)));
    return header.build();
  }

  /** Fetches the latest codebook of a field; empty if it is the known one. */
  Optional<TrainedCodebook> fetchLatest(String field, Optional<CodebookId> known, AbortCheck abort)
      throws IOException {
    Duration silence = connection.config().silenceDeadline();
    FetchCodebookRequest.Builder request =
        FetchCodebookRequest.newBuilder()
            .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
            .setIndex(index)
            .setField(FieldNames.of(field));
    known.ifPresent(id -> request.setKnownId(CodebookRefs.bytes(id)));
    try (RemoteCall<FetchCodebookRequest, FetchCodebookResponse> call =
        new RemoteCall<>(connection, CodebookServiceGrpc.getFetchCodebookMethod(), abort)) {
      call.sendLast(request.build());
      FetchHeader header = requireHeader(call.next(silence));
      if (header.getUnchanged() && known.isPresent()) {
        call.requireEnd(silence);
        return Optional.empty();
      }
      CodebookAssembler received =
          new CodebookAssembler(header.getCodebook().getSizeBytes(), MAX_CODEBOOK_BYTES);
      while (!received.isComplete()) {
        FetchCodebookResponse next = call.next(silence);
        if (!next.hasChunk()) {
          throw SidecarException.invalid(
              "codebook chunk must come next, got: " + next.getMessageCase());
        }
        received.add(next.getChunk());
      }
      call.requireEnd(silence);
      return Optional.of(read(header, received));
    }
  }

  private static FetchHeader requireHeader(FetchCodebookResponse response) throws SidecarException {
    if (!response.hasHeader()
        || response.getHeader().getProtocolVersion() != ProtocolVersion.PROTOCOL_VERSION_1) {
      throw SidecarException.invalid(
          "first message must be a header with version 1, got: "
              + response.getMessageCase()
              + " with version "
              + response.getHeader().getProtocolVersionValue());
    }
    return response.getHeader();
  }

  private static TrainedCodebook read(FetchHeader header, CodebookAssembler received)
      throws SidecarException {
    received.requireSha256(header.getCodebook().getSha256());
    CodebookRef ref = CodebookRefs.read("codebook", header.getCodebook().getCodebook());
    Codebook codebook = received.read(ref.id());
    requireSame("codebook version", ref.version(), codebook.lineage().version());
    return TrainingMessages.readPublished(header.getReport(), codebook);
  }

  /** Reports drift; returns the version of the latest codebook of the field. */
  int reportDrift(String field, Drift drift, AbortCheck abort) throws IOException {
    ReportDriftRequest request =
        ReportDriftRequest.newBuilder()
            .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
            .setIndex(index)
            .setField(FieldNames.of(field))
            .setReport(
                DriftReport.newBuilder()
                    .setSource(source)
                    .setCodebook(
                        CodebookRefs.of(new CodebookRef(drift.codebook(), drift.version())))
                    .setVectors(drift.vectors())
                    .setEnergy(drift.energy())
                    .setImbalance(drift.imbalance()))
            .build();
    return RemoteCall.unary(connection, CodebookServiceGrpc.getReportDriftMethod(), request, abort)
        .getLatest()
        .getVersion();
  }
}

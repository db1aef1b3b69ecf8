// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import com.google.protobuf.ByteString;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.CodebookRef;
import io.github.luceneivf.proto.v1.CodebookServiceGrpc;
import io.github.luceneivf.proto.v1.DriftReport;
import io.github.luceneivf.proto.v1.FetchCodebookRequest;
import io.github.luceneivf.proto.v1.FetchCodebookResponse;
import io.github.luceneivf.proto.v1.FetchHeader;
import io.github.luceneivf.proto.v1.ProtocolVersion;
import io.github.luceneivf.proto.v1.PublishCodebookRequest;
import io.github.luceneivf.proto.v1.PublishCodebookResponse;
import io.github.luceneivf.proto.v1.PublishHeader;
import io.github.luceneivf.proto.v1.ReportDriftRequest;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.CodebookChunks;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Calls of the sidecar's codebook service, for one index. Thread-safe. */
final class RegistryCalls {

  /** Most bytes of a codebook that is taken: 65536 lists of 2048 dimensions. */
  private static final long MAX_CODEBOOK_BYTES = 512L << 20;

  private static final int MAX_REQUESTED_LISTS = 1 << 24;

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
      ChunkedCodebook.require("id", ref(trained.codebook()), response.getCodebook().getCodebook());
      // A name that was damaged on its way would be that of another field.
      ChunkedCodebook.require("index", index, response.getCodebook().getIndex());
      ChunkedCodebook.require(
          "field", RemoteFieldName.of(field), response.getCodebook().getField());
      return response.getCreated();
    }
  }

  private PublishHeader header(String field, TrainedCodebook trained, byte[] bytes) {
    var report = ReportWriter.report(trained.report());
    var calibration = ReportWriter.calibration(trained.calibration());
    PublishHeader.Builder header =
        PublishHeader.newBuilder()
            .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
            .setIndex(index)
            .setField(RemoteFieldName.of(field))
            .setCodebook(ref(trained.codebook()))
            .setSizeBytes(bytes.length)
            .setSha256(ByteString.copyFrom(Checksums.sha256().digest(bytes)))
            .setReport(report)
            .setCalibration(calibration)
            .setCrc32C(Checksums.crc32c(report, calibration));
    trained
        .codebook()
        .lineage()
        .parent()
        .ifPresent(parent -> header.setParentId(ByteString.copyFrom(parent.bytes())));
    return header.build();
  }

  private static CodebookRef ref(Codebook codebook) {
    return ref(codebook.id(), codebook.lineage().version());
  }

  private static CodebookRef ref(CodebookId id, int version) {
    return CodebookRef.newBuilder()
        .setId(ByteString.copyFrom(id.bytes()))
        .setVersion(version)
        .build();
  }

  /** Fetches the latest codebook of a field; empty if it is the known one. */
  Optional<TrainedCodebook> fetchLatest(String field, Optional<CodebookId> known, AbortCheck abort)
      throws IOException {
    Duration silence = connection.config().silenceDeadline();
    FetchCodebookRequest.Builder request =
        FetchCodebookRequest.newBuilder()
            .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
            .setIndex(index)
            .setField(RemoteFieldName.of(field));
    known.ifPresent(id -> request.setKnownId(ByteString.copyFrom(id.bytes())));
    try (RemoteCall<FetchCodebookRequest, FetchCodebookResponse> call =
        new RemoteCall<>(connection, CodebookServiceGrpc.getFetchCodebookMethod(), abort)) {
      call.sendLast(request.build());
      FetchHeader header = requireHeader(call.next(silence));
      if (header.getUnchanged() && known.isPresent()) {
        call.requireEnd(silence);
        return Optional.empty();
      }
      ChunkedCodebook received =
          new ChunkedCodebook(
              header.getCodebook().getCodebook().getId(),
              header.getCodebook().getSizeBytes(),
              header.getCodebook().getSha256(),
              MAX_CODEBOOK_BYTES);
      while (!received.isComplete()) {
        FetchCodebookResponse next = call.next(silence);
        if (!next.hasChunk()) {
          throw SidecarException.invalid(
              "codebook chunk must come next, got: " + next.getMessageCase());
        }
        received.add(next.getChunk());
      }
      call.requireEnd(silence);
      return Optional.of(read(header, received.finish()));
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

  private static TrainedCodebook read(FetchHeader header, Codebook codebook)
      throws SidecarException {
    ChunkedCodebook.require(
        "version", header.getCodebook().getCodebook().getVersion(), codebook.lineage().version());
    ReportReader.requireChecksum(header.getReport(), header.getCalibration(), header.getCrc32C());
    int requested = header.getReport().getRequestedLists();
    if (requested < codebook.nlist() || requested > MAX_REQUESTED_LISTS) {
      throw SidecarException.invalid(
          "requested_lists must be in ["
              + codebook.nlist()
              + ", "
              + MAX_REQUESTED_LISTS
              + "], got: "
              + requested);
    }
    return new ReportReader(codebook, requested, Integer.MAX_VALUE)
        .read(header.getReport(), header.getCalibration(), header.getReport().getTrainedBy());
  }

  /** Reports drift; returns the version of the latest codebook of the field. */
  int reportDrift(String field, Drift drift, AbortCheck abort) throws IOException {
    ReportDriftRequest request =
        ReportDriftRequest.newBuilder()
            .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
            .setIndex(index)
            .setField(RemoteFieldName.of(field))
            .setReport(
                DriftReport.newBuilder()
                    .setSource(source)
                    .setCodebook(ref(drift.codebook(), drift.version()))
                    .setVectors(drift.vectors())
                    .setEnergy(drift.energy())
                    .setImbalance(drift.imbalance()))
            .build();
    return RemoteCall.unary(connection, CodebookServiceGrpc.getReportDriftMethod(), request, abort)
        .getLatest()
        .getVersion();
  }
}

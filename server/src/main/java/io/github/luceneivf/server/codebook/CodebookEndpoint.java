// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.proto.v1.CodebookServiceGrpc;
import io.github.luceneivf.proto.v1.DriftReport;
import io.github.luceneivf.proto.v1.FetchCodebookRequest;
import io.github.luceneivf.proto.v1.FetchCodebookResponse;
import io.github.luceneivf.proto.v1.GetDriftRequest;
import io.github.luceneivf.proto.v1.GetDriftResponse;
import io.github.luceneivf.proto.v1.ListCodebooksRequest;
import io.github.luceneivf.proto.v1.ListCodebooksResponse;
import io.github.luceneivf.proto.v1.PublishCodebookRequest;
import io.github.luceneivf.proto.v1.PublishCodebookResponse;
import io.github.luceneivf.proto.v1.ReportDriftRequest;
import io.github.luceneivf.proto.v1.ReportDriftResponse;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.rpc.CallRoom;
import io.github.luceneivf.server.rpc.DrainGate;
import io.github.luceneivf.server.rpc.ProtocolCheck;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.server.rpc.UnaryReply;
import io.github.luceneivf.wire.CodebookRefs;
import io.github.luceneivf.wire.FieldNames;
import io.github.luceneivf.wire.Timestamps;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.InstantSource;

/** The codebook service: translates, delegates to {@link CodebookStore}. Thread-safe. */
public final class CodebookEndpoint extends CodebookServiceGrpc.CodebookServiceImplBase {

  private final CodebookStore store;
  private final Limits limits;
  private final CallRoom room;
  private final DrainGate gate;
  private final InstantSource clock;

  /**
   * Creates the service.
   *
   * @param room for codebooks on their way, with threads that may wait for the disk
   * @param gate closed when no new work is wanted
   * @param clock tells when something was published or reported
   */
  public CodebookEndpoint(
      CodebookStore store, Limits limits, CallRoom room, DrainGate gate, InstantSource clock) {
    this.store = store;
    this.limits = limits;
    this.room = room;
    this.gate = gate;
    this.clock = clock;
  }

  @Override
  public StreamObserver<PublishCodebookRequest> publishCodebook(
      StreamObserver<PublishCodebookResponse> client) {
    gate.requireOpen();
    return new CodebookUpload(store, limits, clock, room, client);
  }

  @Override
  public void fetchCodebook(
      FetchCodebookRequest request, StreamObserver<FetchCodebookResponse> client) {
    CodebookDownload.start(
        room,
        client,
        chunk -> FetchCodebookResponse.newBuilder().setChunk(chunk).build(),
        () -> CodebookQuery.find(store, request));
  }

  @Override
  public void listCodebooks(
      ListCodebooksRequest request, StreamObserver<ListCodebooksResponse> client) {
    UnaryReply.send(
        client,
        () -> {
          ProtocolCheck.require(request.getProtocolVersionValue());
          return new CodebookPage(request).of(store);
        });
  }

  @Override
  public void reportDrift(ReportDriftRequest request, StreamObserver<ReportDriftResponse> client) {
    // It ends with a file that is synced.
    room.work().execute(() -> UnaryReply.send(client, () -> report(request)));
  }

  private ReportDriftResponse report(ReportDriftRequest request) throws IOException {
    gate.requireOpen();
    ProtocolCheck.require(request.getProtocolVersionValue());
    FieldName name = new FieldName(request.getIndex(), request.getField());
    DriftReport report = request.getReport();
    FieldNames.require("source", report.getSource());
    CodebookId _ = CodebookRefs.id("codebook id", report.getCodebook().getId());
    RequestException.requireRange("vectors", report.getVectors(), 0, Long.MAX_VALUE);
    requireFigure("energy", report.getEnergy());
    requireFigure("imbalance", report.getImbalance());
    FieldCodebooks field = field(name);
    field.report(report.toBuilder().setReportTime(Timestamps.of(clock.instant())).build());
    ReportDriftResponse.Builder response = ReportDriftResponse.newBuilder();
    field.latest().ifPresent(latest -> response.setLatest(CodebookRefs.of(latest.ref())));
    return response.build();
  }

  private static void requireFigure(String name, double value) {
    if (!(value >= 0 && value <= Double.MAX_VALUE)) {
      throw RequestException.invalid(name + " must be finite and at least 0, got: " + value);
    }
  }

  @Override
  public void getDrift(GetDriftRequest request, StreamObserver<GetDriftResponse> client) {
    UnaryReply.send(
        client,
        () -> {
          ProtocolCheck.require(request.getProtocolVersionValue());
          FieldName name = new FieldName(request.getIndex(), request.getField());
          return GetDriftResponse.newBuilder().addAllReports(field(name).drift()).build();
        });
  }

  private FieldCodebooks field(FieldName name) {
    return store
        .field(name)
        .orElseThrow(() -> RequestException.notFound("no codebook of " + name + " found"));
  }
}

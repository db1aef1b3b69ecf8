// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import com.google.protobuf.Timestamp;
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
import io.github.luceneivf.server.rpc.Answer;
import io.github.luceneivf.server.rpc.DrainGate;
import io.github.luceneivf.server.rpc.IgnoredMessages;
import io.github.luceneivf.server.rpc.ProtocolCheck;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.server.rpc.StatusMapper;
import io.github.luceneivf.wire.CodebookRefs;
import io.github.luceneivf.wire.FieldNames;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;

/** The codebook service: translates, delegates to {@link CodebookStore}. Thread-safe. */
public final class CodebookEndpoint extends CodebookServiceGrpc.CodebookServiceImplBase {

  private final CodebookStore store;
  private final Transfers transfers;
  private final DrainGate gate;
  private final InstantSource clock;

  /**
   * Creates the service.
   *
   * @param gate closed when no new work is wanted
   * @param clock tells when something was published or reported
   */
  public CodebookEndpoint(
      CodebookStore store, Transfers transfers, DrainGate gate, InstantSource clock) {
    this.store = store;
    this.transfers = transfers;
    this.gate = gate;
    this.clock = clock;
  }

  @Override
  public StreamObserver<PublishCodebookRequest> publishCodebook(
      StreamObserver<PublishCodebookResponse> client) {
    try {
      gate.requireOpen();
    } catch (RequestException e) {
      client.onError(StatusMapper.toStatus(e));
      return new IgnoredMessages<>();
    }
    return new CodebookUpload(
        store, transfers, clock, (ServerCallStreamObserver<PublishCodebookResponse>) client);
  }

  @Override
  public void fetchCodebook(
      FetchCodebookRequest request, StreamObserver<FetchCodebookResponse> client) {
    CodebookDownload<FetchCodebookResponse> download =
        new CodebookDownload<>(
            transfers,
            (ServerCallStreamObserver<FetchCodebookResponse>) client,
            chunk -> FetchCodebookResponse.newBuilder().setChunk(chunk).build());
    download.start(() -> CodebookQuery.find(store, request));
  }

  @Override
  public void listCodebooks(
      ListCodebooksRequest request, StreamObserver<ListCodebooksResponse> client) {
    Answer.send(
        client,
        () -> {
          ProtocolCheck.require(request.getProtocolVersionValue());
          return new CodebookPage(request).of(store);
        });
  }

  @Override
  public void reportDrift(ReportDriftRequest request, StreamObserver<ReportDriftResponse> client) {
    // It ends with a file that is synced.
    transfers.disk().execute(() -> Answer.send(client, () -> report(request)));
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
    Instant now = clock.instant();
    field.report(
        report.toBuilder()
            .setReportTime(
                Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
            .build());
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
    Answer.send(
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

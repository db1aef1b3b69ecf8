// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import com.google.protobuf.ByteString;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.CodebookRef;
import io.github.luceneivf.proto.v1.CodebookServiceGrpc;
import io.github.luceneivf.proto.v1.DriftReport;
import io.github.luceneivf.proto.v1.FetchCodebookRequest;
import io.github.luceneivf.proto.v1.FetchCodebookResponse;
import io.github.luceneivf.proto.v1.FetchHeader;
import io.github.luceneivf.proto.v1.GetDriftRequest;
import io.github.luceneivf.proto.v1.ListCodebooksRequest;
import io.github.luceneivf.proto.v1.ListCodebooksResponse;
import io.github.luceneivf.proto.v1.ProtocolVersion;
import io.github.luceneivf.proto.v1.PublishCodebookRequest;
import io.github.luceneivf.proto.v1.PublishCodebookResponse;
import io.github.luceneivf.proto.v1.PublishHeader;
import io.github.luceneivf.proto.v1.PublishedCodebook;
import io.github.luceneivf.proto.v1.ReportDriftRequest;
import io.github.luceneivf.proto.v1.ReportDriftResponse;
import io.github.luceneivf.proto.v1.TrainingReport;
import io.github.luceneivf.server.TestCall;
import io.github.luceneivf.server.TestServer;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.TrainingMessages;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Calls of the codebook service, and codebooks for them. */
final class CodebookCalls {

  static final ProtocolVersion VERSION = ProtocolVersion.PROTOCOL_VERSION_1;
  static final String INDEX = "products";
  static final String FIELD = "title-vector";
  private static final int CHUNK = 1000;

  private CodebookCalls() {}

  /** Returns a codebook of 4 lists that follows another. */
  static Codebook codebook(int seed, Optional<Codebook> parent) {
    return codebook(seed, 8, parent);
  }

  static Codebook codebook(int seed, int dim, Optional<Codebook> parent) {
    float[] centroids = new float[4 * dim];
    Random random = new Random(seed);
    for (int i = 0; i < centroids.length; i++) {
      centroids[i] = random.nextFloat();
    }
    return new Codebook(
        new Codebook.Content(
            new VectorSpace(Metric.EUCLIDEAN, 0),
            new FloatMatrix(centroids, 4, dim),
            new float[4],
            new float[dim],
            1),
        new Codebook.Lineage(
            parent.map(book -> book.lineage().version() + 1).orElse(1),
            parent.map(Codebook::id),
            1000));
  }

  static CodebookRef ref(Codebook codebook) {
    return CodebookRef.newBuilder()
        .setId(id(codebook.id()))
        .setVersion(codebook.lineage().version())
        .build();
  }

  static ByteString id(CodebookId id) {
    return ByteString.copyFrom(id.bytes());
  }

  static PublishHeader.Builder header(Codebook codebook) {
    byte[] bytes = codebook.toBytes();
    TrainingReport report =
        TrainingReport.newBuilder().setRequestedLists(4).setTrainedBy("a test").build();
    return PublishHeader.newBuilder()
        .setProtocolVersion(VERSION)
        .setIndex(INDEX)
        .setField(FIELD)
        .setCodebook(ref(codebook))
        .setParentId(codebook.lineage().parent().map(CodebookCalls::id).orElse(ByteString.EMPTY))
        .setSizeBytes(bytes.length)
        .setSha256(ByteString.copyFrom(Checksums.sha256().digest(bytes)))
        .setReport(TrainingMessages.seal(report.toByteString(), ByteString.EMPTY));
  }

  static List<PublishCodebookRequest> messages(PublishHeader.Builder header, byte[] bytes) {
    List<PublishCodebookRequest> messages = new ArrayList<>();
    messages.add(PublishCodebookRequest.newBuilder().setHeader(header).build());
    for (int from = 0; from < bytes.length; from += CHUNK) {
      ByteString data = ByteString.copyFrom(bytes, from, Math.min(CHUNK, bytes.length - from));
      messages.add(
          PublishCodebookRequest.newBuilder()
              .setChunk(
                  CodebookChunk.newBuilder()
                      .setOffset(from)
                      .setData(data)
                      .setCrc32C(Checksums.crc32c(data)))
              .build());
    }
    return messages;
  }

  static PublishCodebookResponse publish(TestServer server, Codebook codebook) throws Exception {
    return publish(server, header(codebook), codebook);
  }

  static PublishCodebookResponse publish(
      TestServer server, PublishHeader.Builder header, Codebook codebook) throws Exception {
    TestCall<PublishCodebookRequest, PublishCodebookResponse> call =
        new TestCall<>(server.channel(), CodebookServiceGrpc.getPublishCodebookMethod(), 2);
    messages(header, codebook.toBytes()).forEach(call::send);
    call.halfClose();
    return call.next();
  }

  static Status refusal(TestServer server, PublishHeader.Builder header, byte[] bytes)
      throws Exception {
    return TestCall.status(
        server.channel(), CodebookServiceGrpc.getPublishCodebookMethod(), messages(header, bytes));
  }

  static FetchCodebookRequest.Builder request() {
    return FetchCodebookRequest.newBuilder()
        .setProtocolVersion(VERSION)
        .setIndex(INDEX)
        .setField(FIELD);
  }

  /** What a fetch gave. */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  record Fetched(FetchHeader header, byte[] bytes) {}

  static Fetched fetch(TestServer server, FetchCodebookRequest.Builder request) throws Exception {
    int others = server.transfers.open();
    TestCall<FetchCodebookRequest, FetchCodebookResponse> call =
        new TestCall<>(server.channel(), CodebookServiceGrpc.getFetchCodebookMethod(), 1000);
    call.send(request.build());
    call.halfClose();
    FetchHeader header = call.next().getHeader();
    ByteString bytes = ByteString.EMPTY;
    while (!header.getUnchanged() && bytes.size() < header.getCodebook().getSizeBytes()) {
      bytes = bytes.concat(call.next().getChunk().getData());
    }
    call.status();
    server.awaitTransfers(others);
    return new Fetched(header, bytes.toByteArray());
  }

  static Status fetchStatus(TestServer server, FetchCodebookRequest.Builder request)
      throws Exception {
    return TestCall.status(
        server.channel(), CodebookServiceGrpc.getFetchCodebookMethod(), List.of(request.build()));
  }

  static ListCodebooksResponse list(TestServer server, ListCodebooksRequest.Builder request)
      throws Exception {
    TestCall<ListCodebooksRequest, ListCodebooksResponse> call =
        new TestCall<>(server.channel(), CodebookServiceGrpc.getListCodebooksMethod(), 2);
    call.send(request.setProtocolVersion(VERSION).build());
    call.halfClose();
    return call.next();
  }

  static List<PublishedCodebook> list(TestServer server) throws Exception {
    return list(server, ListCodebooksRequest.newBuilder()).getCodebooksList();
  }

  static ReportDriftRequest drift(String source, Codebook codebook, double energy) {
    return ReportDriftRequest.newBuilder()
        .setProtocolVersion(VERSION)
        .setIndex(INDEX)
        .setField(FIELD)
        .setReport(
            DriftReport.newBuilder()
                .setSource(source)
                .setCodebook(ref(codebook))
                .setVectors(1000)
                .setEnergy(energy)
                .setImbalance(1.5))
        .build();
  }

  static ReportDriftResponse report(TestServer server, ReportDriftRequest request)
      throws Exception {
    TestCall<ReportDriftRequest, ReportDriftResponse> call =
        new TestCall<>(server.channel(), CodebookServiceGrpc.getReportDriftMethod(), 2);
    call.send(request);
    call.halfClose();
    return call.next();
  }

  static List<DriftReport> drift(TestServer server) throws Exception {
    var call = new TestCall<>(server.channel(), CodebookServiceGrpc.getGetDriftMethod(), 2);
    call.send(
        GetDriftRequest.newBuilder()
            .setProtocolVersion(VERSION)
            .setIndex(INDEX)
            .setField(FIELD)
            .build());
    call.halfClose();
    return call.next().getReportsList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fuzz;

import com.google.protobuf.ByteString;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.proto.v1.AssignAndEncodeRequest;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.CreateTrainingJobRequest;
import io.github.luceneivf.proto.v1.DriftReport;
import io.github.luceneivf.proto.v1.EncodeEnd;
import io.github.luceneivf.proto.v1.EncodeHeader;
import io.github.luceneivf.proto.v1.FetchCodebookRequest;
import io.github.luceneivf.proto.v1.ProtocolVersion;
import io.github.luceneivf.proto.v1.PublishCodebookRequest;
import io.github.luceneivf.proto.v1.PublishHeader;
import io.github.luceneivf.proto.v1.ReportDriftRequest;
import io.github.luceneivf.proto.v1.SampleChunk;
import io.github.luceneivf.proto.v1.SampleEnd;
import io.github.luceneivf.proto.v1.SampleHeader;
import io.github.luceneivf.proto.v1.TrainingSpec;
import io.github.luceneivf.proto.v1.UploadSampleRequest;
import io.github.luceneivf.proto.v1.VectorChunk;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.wire.CodebookChunks;
import io.github.luceneivf.wire.CodebookRefs;
import io.github.luceneivf.wire.FloatBytes;
import io.github.luceneivf.wire.TrainingMessages;
import java.util.ArrayList;
import java.util.List;

/** What clients say, but for checksums, which {@link FittingMessages} adds. Stateless. */
final class Conversations {

  /** Vectors of an upload and of a stream. */
  static final int VECTORS = 16;

  private Conversations() {}

  static CreateTrainingJobRequest create() {
    return CreateTrainingJobRequest.newBuilder()
        .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
        .setSpec(
            TrainingSpec.newBuilder()
                .setMetricValue(1)
                .setDim(Samples.DIM)
                .setEncodingValue(Encoding.BIT1.wireId())
                .setNlist(2)
                .setSampleRows(VECTORS)
                .setPopulation(VECTORS))
        .build();
  }

  static List<UploadSampleRequest> upload() {
    ByteString vectors = vectors();
    int half = vectors.size() / 2;
    return List.of(
        UploadSampleRequest.newBuilder().setHeader(SampleHeader.newBuilder()).build(),
        UploadSampleRequest.newBuilder()
            .setChunk(SampleChunk.newBuilder().setVectors(vectors.substring(0, half)))
            .build(),
        UploadSampleRequest.newBuilder()
            .setChunk(
                SampleChunk.newBuilder()
                    .setFirstRow(VECTORS / 2)
                    .setVectors(vectors.substring(half)))
            .build(),
        UploadSampleRequest.newBuilder().setEnd(SampleEnd.newBuilder().setRows(VECTORS)).build());
  }

  static List<AssignAndEncodeRequest> encode(Codebook codebook, Encoding encoding) {
    List<AssignAndEncodeRequest> messages = new ArrayList<>();
    byte[] bytes = codebook.toBytes();
    messages.add(
        AssignAndEncodeRequest.newBuilder()
            .setHeader(
                EncodeHeader.newBuilder()
                    .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
                    .setEncodingValue(encoding.wireId())
                    .setDim(codebook.dim())
                    .setCount(VECTORS)
                    .setCodebookId(CodebookRefs.bytes(codebook.id()))
                    .setCodebookBytes(bytes.length))
            .build());
    for (CodebookChunk chunk : CodebookChunks.of(bytes, 1 << 15)) {
      messages.add(AssignAndEncodeRequest.newBuilder().setCodebook(chunk).build());
    }
    messages.add(
        AssignAndEncodeRequest.newBuilder()
            .setVectors(VectorChunk.newBuilder().setVectors(vectors()))
            .build());
    messages.add(
        AssignAndEncodeRequest.newBuilder()
            .setEnd(EncodeEnd.newBuilder().setCount(VECTORS))
            .build());
    return messages;
  }

  static List<PublishCodebookRequest> publish(TrainedCodebook trained, byte[] codebook) {
    List<PublishCodebookRequest> messages = new ArrayList<>();
    messages.add(
        PublishCodebookRequest.newBuilder()
            .setHeader(
                PublishHeader.newBuilder()
                    .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
                    .setIndex("i")
                    .setField("f")
                    .setCodebook(CodebookRefs.of(trained.codebook()))
                    .setSizeBytes(codebook.length)
                    .setSha256(CodebookChunks.sha256(codebook))
                    .setReport(TrainingMessages.write(trained, "here")))
            .build());
    for (CodebookChunk chunk : CodebookChunks.of(codebook, 100)) {
      messages.add(PublishCodebookRequest.newBuilder().setChunk(chunk).build());
    }
    return messages;
  }

  static FetchCodebookRequest fetch() {
    return FetchCodebookRequest.newBuilder()
        .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
        .setIndex("i")
        .setField("f")
        .setVersion(1)
        .build();
  }

  static ReportDriftRequest drift(Codebook codebook) {
    return ReportDriftRequest.newBuilder()
        .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
        .setIndex("i")
        .setField("f")
        .setReport(
            DriftReport.newBuilder()
                .setSource("s")
                .setCodebook(CodebookRefs.of(codebook))
                .setVectors(10)
                .setEnergy(1.5)
                .setImbalance(1))
        .build();
  }

  private static ByteString vectors() {
    return FloatBytes.toBytes(Samples.rows().values(), 0, VECTORS * Samples.DIM);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.proto.v1.AssignAndEncodeRequest;
import io.github.luceneivf.proto.v1.CreateTrainingJobRequest;
import io.github.luceneivf.proto.v1.CreateTrainingJobResponse;
import io.github.luceneivf.proto.v1.EncodeEnd;
import io.github.luceneivf.proto.v1.EncodeHeader;
import io.github.luceneivf.proto.v1.Encoding;
import io.github.luceneivf.proto.v1.GetCodebookRequest;
import io.github.luceneivf.proto.v1.GetCodebookResponse;
import io.github.luceneivf.proto.v1.GetTrainingReportRequest;
import io.github.luceneivf.proto.v1.Metric;
import io.github.luceneivf.proto.v1.ProtocolVersion;
import io.github.luceneivf.proto.v1.SampleChunk;
import io.github.luceneivf.proto.v1.SampleEnd;
import io.github.luceneivf.proto.v1.SampleHeader;
import io.github.luceneivf.proto.v1.TrainingSpec;
import io.github.luceneivf.proto.v1.UploadSampleRequest;
import io.github.luceneivf.proto.v1.VectorChunk;
import io.github.luceneivf.proto.v1.WatchJobRequest;
import io.github.luceneivf.server.SidecarServer;
import io.github.luceneivf.server.config.ServerConfig;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.CodebookRefs;
import io.github.luceneivf.wire.FloatBytes;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example of {@code docs/protocol.md}: the bytes of its requests are sent to a server on a
 * port, and the answers must be the bytes of its responses, but for times. {@code
 * -Divf.record=true} writes the bytes anew.
 */
@Timeout(120)
class ProtocolExampleIT {

  private static final Path DOCUMENT =
      Path.of(System.getProperty("ivf.project.dir", "."), "..", "docs", "protocol.md");
  private static final List<String> CALLS =
      List.of(
          "CreateTrainingJob",
          "UploadSample",
          "WatchJob",
          "GetTrainingReport",
          "GetCodebook",
          "AssignAndEncode");
  private static final int DIM = 2;
  private static final float[] SAMPLE = {1, 1, 1, 2, 2, 1, 2, 2, -1, -1, -1, -2, -2, -1, -2, -2};
  private static final float[] QUERIES = {3, 0, 0, -3};
  private static final float[] VECTORS = {1.5f, 1.25f, -1, -1.75f, 0.5f, 0};

  @TempDir Path data;

  /** Something to do with a server. */
  private interface Work {
    void run(RawCalls calls) throws Exception;
  }

  private void withServer(Work work) throws Exception {
    try (SidecarServer server = SidecarServer.start(ServerConfig.local(data))) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
      try {
        work.run(new RawCalls(channel));
      } finally {
        channel.shutdownNow();
        assertTrue(channel.awaitTermination(10, TimeUnit.SECONDS));
      }
    }
  }

  @Test
  void serverAnswersWithTheBytesOfTheDocument() throws Exception {
    Map<String, List<HexBlocks.Block>> document = HexBlocks.read(DOCUMENT).byMethod();
    assertEquals(CALLS, List.copyOf(document.keySet()));
    withServer(calls -> {
      for (Map.Entry<String, List<HexBlocks.Block>> call : document.entrySet()) {
        String method = call.getKey();
        List<byte[]> requests =
            call.getValue().stream()
                .filter(HexBlocks.Block::isRequest)
                .map(HexBlocks.Block::bytes)
                .toList();
        List<byte[]> responses = calls.call(method, requests);
        List<HexBlocks.Block> wanted =
            call.getValue().stream().filter(block -> !block.isRequest()).toList();
        if (!method.equals("WatchJob")) { // how often it tells is a matter of time
          assertEquals(wanted.size(), responses.size(), method);
        }
        for (HexBlocks.Block block : wanted) {
          byte[] got = response(responses, block.number());
          assertEquals(hex(block.bytes()), hex(RawCalls.timeless(method, got)), block.title());
        }
      }
    });
  }

  private static byte[] response(List<byte[]> responses, String number) {
    return number.equals("last")
        ? responses.getLast()
        : responses.get(Integer.parseInt(number) - 1);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void recordIfAskedTo() throws Exception {
    Assumptions.assumeTrue(Boolean.getBoolean("ivf.record"), "-Divf.record=true records");
    Map<String, List<String>> lines = new LinkedHashMap<>();
    withServer(calls -> converse(calls, lines));
    Files.writeString(DOCUMENT, HexBlocks.read(DOCUMENT).with(lines));
  }

  private static void converse(RawCalls calls, Map<String, List<String>> lines) throws Exception {
    SampleEnd end =
        SampleEnd.newBuilder()
            .setRows(SAMPLE.length / DIM)
            .setSha256(hash(SAMPLE))
            .setQueryRows(QUERIES.length / DIM)
            .setQuerySha256(hash(QUERIES))
            .build();
    byte[] created = say(calls, lines, "CreateTrainingJob", creation(end)).getFirst();
    String job = CreateTrainingJobResponse.parseFrom(created).getJob().getId();
    say(
        calls,
        lines,
        "UploadSample",
        UploadSampleRequest.newBuilder().setHeader(SampleHeader.newBuilder().setJobId(job)).build(),
        UploadSampleRequest.newBuilder().setChunk(chunk(SAMPLE)).build(),
        UploadSampleRequest.newBuilder().setQueries(chunk(QUERIES)).build(),
        UploadSampleRequest.newBuilder().setEnd(end).build());
    say(calls, lines, "WatchJob", WatchJobRequest.newBuilder().setJobId(job).build());
    say(
        calls,
        lines,
        "GetTrainingReport",
        GetTrainingReportRequest.newBuilder().setJobId(job).build());
    List<byte[]> codebook =
        say(calls, lines, "GetCodebook", GetCodebookRequest.newBuilder().setJobId(job).build());
    byte[] bytes =
        GetCodebookResponse.parseFrom(codebook.get(1)).getChunk().getData().toByteArray();
    say(calls, lines, "AssignAndEncode", encoding(Codebook.fromBytes(bytes)));
  }

  private static SampleChunk chunk(float[] rows) {
    ByteString vectors = FloatBytes.toBytes(rows, 0, rows.length);
    return SampleChunk.newBuilder()
        .setVectors(vectors)
        .setCrc32C(Checksums.crc32c(vectors))
        .build();
  }

  private static ByteString hash(float[] rows) {
    byte[] vectors = FloatBytes.toBytes(rows, 0, rows.length).toByteArray();
    return ByteString.copyFrom(Checksums.sha256().digest(vectors));
  }

  private static CreateTrainingJobRequest creation(SampleEnd vectors) {
    return CreateTrainingJobRequest.newBuilder()
        .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
        .setSpec(
            TrainingSpec.newBuilder()
                .setMetric(Metric.METRIC_EUCLIDEAN)
                .setDim(DIM)
                .setEncoding(Encoding.ENCODING_BIT1)
                .setNlist(2)
                .setSeed(42)
                .setPopulation(1000)
                .setSampleRows(vectors.getRows())
                .setSampleSha256(vectors.getSha256())
                .setQueryRows(vectors.getQueryRows())
                .setQuerySha256(vectors.getQuerySha256()))
        .build();
  }

  private static Message[] encoding(Codebook codebook) {
    ByteString vectors = FloatBytes.toBytes(VECTORS, 0, VECTORS.length);
    int crc = Checksums.crc32c(vectors);
    return new Message[] {
      AssignAndEncodeRequest.newBuilder()
          .setHeader(
              EncodeHeader.newBuilder()
                  .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
                  .setEncoding(Encoding.ENCODING_BIT1)
                  .setDim(DIM)
                  .setCount(VECTORS.length / DIM)
                  .setCodebookId(CodebookRefs.bytes(codebook.id())))
          .build(),
      AssignAndEncodeRequest.newBuilder()
          .setVectors(VectorChunk.newBuilder().setVectors(vectors).setCrc32C(crc))
          .build(),
      AssignAndEncodeRequest.newBuilder()
          .setEnd(EncodeEnd.newBuilder().setCount(VECTORS.length / DIM).setCrc32C(crc))
          .build()
    };
  }

  /** Makes a call, and writes its messages down. */
  private static List<byte[]> say(
      RawCalls calls, Map<String, List<String>> lines, String method, Message... requests)
      throws Exception {
    List<byte[]> sent = new ArrayList<>();
    for (Message request : requests) {
      sent.add(request.toByteArray());
      lines.put(method + " request " + sent.size(), lines(method, true, request.toByteArray()));
    }
    List<byte[]> got = calls.call(method, sent);
    for (int i = 0; i < got.size(); i++) {
      byte[] timeless = RawCalls.timeless(method, got.get(i));
      lines.put(method + " response " + (i + 1), lines(method, false, timeless));
    }
    byte[] last = RawCalls.timeless(method, got.getLast());
    lines.put(method + " response last", lines(method, false, last));
    return got;
  }

  private static List<String> lines(String method, boolean isRequest, byte[] bytes)
      throws IOException {
    return MessageLines.of(bytes, RawCalls.type(method, isRequest), DIM);
  }
}

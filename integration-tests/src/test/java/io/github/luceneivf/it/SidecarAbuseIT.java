// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.github.luceneivf.client.RemoteCodebookTrainer;
import io.github.luceneivf.client.RemoteConfig;
import io.github.luceneivf.client.SidecarConnection;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.proto.v1.AssignAndEncodeRequest;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.CreateTrainingJobRequest;
import io.github.luceneivf.proto.v1.EncodeHeader;
import io.github.luceneivf.proto.v1.GetCodebookRequest;
import io.github.luceneivf.proto.v1.ListJobsRequest;
import io.github.luceneivf.proto.v1.MergeServiceGrpc;
import io.github.luceneivf.proto.v1.ProtocolVersion;
import io.github.luceneivf.proto.v1.SampleChunk;
import io.github.luceneivf.proto.v1.SampleHeader;
import io.github.luceneivf.proto.v1.TrainingServiceGrpc;
import io.github.luceneivf.proto.v1.TrainingSpec;
import io.github.luceneivf.proto.v1.UploadSampleRequest;
import io.github.luceneivf.proto.v1.WatchJobRequest;
import io.github.luceneivf.quantization.Encoding;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server with a small heap and clients that ask for what they should not. */
class SidecarAbuseIT {

  private static final int CALLS = 1000;
  private static final long SEED = 99;

  @TempDir Path data;

  @Test
  void smallHeapSurvivesAThousandAbusiveCalls() throws Exception {
    Random random = new Random(SEED);
    try (SidecarProcess server = SidecarProcess.start(data, "256m")) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
      Map<Status.Code, Integer> codes = new EnumMap<>(Status.Code.class);
      try {
        for (int i = 0; i < CALLS; i++) {
          Status status = abuse(channel, i % 12, random);
          codes.merge(status.getCode(), 1, Integer::sum);
          String text = String.valueOf(status.getDescription());
          assertFalse(text.contains("Exception") || text.contains("\tat "), text);
        }
      } finally {
        channel.shutdownNow();
      }
      assertEquals(null, codes.get(Status.Code.INTERNAL), codes + "\n" + server.log());
      assertEquals(null, codes.get(Status.Code.UNKNOWN), codes + "\n" + server.log());
      assertTrue(codes.getOrDefault(Status.Code.INVALID_ARGUMENT, 0) > CALLS / 4, "" + codes);
      assertTrue(codes.getOrDefault(Status.Code.RESOURCE_EXHAUSTED, 0) > 10, "" + codes);
      assertTrue(server.isAlive());
      assertFalse(server.log().contains("OutOfMemoryError"), server.log());
      trains(server);
    }
  }

  /** The server still does its work for others. */
  private static void trains(SidecarProcess server) throws IOException {
    try (SidecarConnection connection =
        SidecarConnection.open(RemoteConfig.of("127.0.0.1", server.port()))) {
      TrainedCodebook trained =
          new RemoteCodebookTrainer(connection)
              .train(
                  SidecarData.request(Metric.COSINE, Encoding.BIT1),
                  SidecarData.sample(),
                  TrainingMonitor.NONE);
      assertEquals(SidecarData.DIM, trained.codebook().dim());
    }
  }

  private static Status abuse(ManagedChannel channel, int kind, Random random) throws Exception {
    return switch (kind) {
      case 0 -> create(channel, spec().setDim(0));
      case 1 -> create(channel, spec().setDim(4097));
      case 2 -> create(channel, spec().setNlist(-1));
      case 3 -> create(channel, spec().setNlist(Integer.MAX_VALUE));
      case 4 -> create(channel, spec().setDim(4096).setSampleRows(Integer.MAX_VALUE));
      case 5 -> create(channel, spec().setTolerance(Double.NaN));
      case 6 ->
          call(
              channel,
              TrainingServiceGrpc.getListJobsMethod(),
              ListJobsRequest.newBuilder().setPageSize(-5).build());
      case 7 ->
          call(
              channel,
              TrainingServiceGrpc.getGetCodebookMethod(),
              GetCodebookRequest.newBuilder().setJobId("x".repeat(100_000)).build());
      case 8 ->
          call(
              channel,
              TrainingServiceGrpc.getUploadSampleMethod(),
              UploadSampleRequest.newBuilder().setHeader(SampleHeader.newBuilder()).build(),
              UploadSampleRequest.newBuilder()
                  .setChunk(SampleChunk.newBuilder().setVectors(noise(random, 3 << 20)))
                  .build());
      case 9 ->
          call(
              channel,
              MergeServiceGrpc.getAssignAndEncodeMethod(),
              header().setCodebookBytes(200 << 20));
      case 10 ->
          call(
              channel,
              MergeServiceGrpc.getAssignAndEncodeMethod(),
              header().setCodebookBytes(1 << 20),
              AssignAndEncodeRequest.newBuilder()
                  .setCodebook(codebookChunk(noise(random, 1 << 20))));
      default ->
          call(
              channel,
              TrainingServiceGrpc.getWatchJobMethod(),
              WatchJobRequest.newBuilder().setJobId("none").build());
    };
  }

  private static TrainingSpec.Builder spec() {
    return TrainingSpec.newBuilder()
        .setMetric(io.github.luceneivf.proto.v1.Metric.METRIC_EUCLIDEAN)
        .setDim(64)
        .setEncoding(io.github.luceneivf.proto.v1.Encoding.ENCODING_BIT1)
        .setNlist(8)
        .setPopulation(1000)
        .setSampleRows(1000);
  }

  private static Status create(ManagedChannel channel, TrainingSpec.Builder spec) throws Exception {
    return call(
        channel,
        TrainingServiceGrpc.getCreateTrainingJobMethod(),
        CreateTrainingJobRequest.newBuilder()
            .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
            .setSpec(spec)
            .build());
  }

  private static EncodeHeader.Builder header() {
    return EncodeHeader.newBuilder()
        .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
        .setEncoding(io.github.luceneivf.proto.v1.Encoding.ENCODING_BIT1)
        .setDim(4096)
        .setCount(Integer.MAX_VALUE)
        .setCodebookId(ByteString.copyFrom(new byte[32]));
  }

  private static Status call(
      ManagedChannel channel,
      MethodDescriptor<AssignAndEncodeRequest, ?> method,
      EncodeHeader.Builder header,
      AssignAndEncodeRequest.Builder... more)
      throws Exception {
    AssignAndEncodeRequest[] messages = new AssignAndEncodeRequest[more.length + 1];
    messages[0] = AssignAndEncodeRequest.newBuilder().setHeader(header).build();
    for (int i = 0; i < more.length; i++) {
      messages[i + 1] = more[i].build();
    }
    return call(channel, method, messages);
  }

  private static CodebookChunk codebookChunk(ByteString bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.asReadOnlyByteBuffer());
    return CodebookChunk.newBuilder().setData(bytes).setCrc32C((int) crc.getValue()).build();
  }

  private static ByteString noise(Random random, int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  @SafeVarargs
  private static <Q, R> Status call(
      ManagedChannel channel, MethodDescriptor<Q, R> method, Q... messages) throws Exception {
    CompletableFuture<Status> end = new CompletableFuture<>();
    ClientCall<Q, R> call =
        channel.newCall(method, CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS));
    call.start(
        new ClientCall.Listener<R>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            end.complete(status);
          }
        },
        new Metadata());
    call.request(1000);
    List.of(messages).forEach(call::sendMessage);
    call.halfClose();
    return end.get(60, TimeUnit.SECONDS);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.proto.v1.AssignAndEncodeRequest;
import io.github.luceneivf.proto.v1.AssignAndEncodeResponse;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.EncodeEnd;
import io.github.luceneivf.proto.v1.EncodeHeader;
import io.github.luceneivf.proto.v1.Encoding;
import io.github.luceneivf.proto.v1.MergeServiceGrpc;
import io.github.luceneivf.proto.v1.ProtocolVersion;
import io.github.luceneivf.proto.v1.VectorChunk;
import io.github.luceneivf.server.SidecarServer;
import io.github.luceneivf.server.config.ServerConfig;
import io.github.luceneivf.wire.Checksums;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients of three languages send messages that are too large, in the middle of streams. Each is
 * told both sizes, and the other calls of its channel go on.
 */
class OversizedMessageIT {

  private static final int DIM = 8;
  private static final Codebook CODEBOOK =
      Codebook.oneList(new VectorSpace(Metric.EUCLIDEAN, 0), new float[DIM], 1);

  @TempDir Path data;
  private SidecarServer server;

  @BeforeEach
  void start() throws IOException {
    server = SidecarServer.start(ServerConfig.local(data.resolve("server")));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String target() {
    return "127.0.0.1:" + server.port();
  }

  private Path codebookFile() throws IOException {
    return Files.write(data.resolve("codebook"), CODEBOOK.toBytes());
  }

  @Test
  void nodeIsToldAndItsChannelLivesOn() throws Exception {
    assumeTrue(ForeignClient.works("node", "--version"), "node is not installed: not tested");
    assumeTrue(ForeignClient.works("npm", "--version"), "npm is not installed: not tested");
    ForeignClient node =
        ForeignClient.of(
            "node", "node-oversized", List.of("package.json", "package-lock.json", "oversized.js"));
    node.run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
    String output =
        node.run(
            "node",
            "oversized.js",
            target(),
            ForeignClient.protoFolder(),
            codebookFile().toString(),
            CODEBOOK.id().toString(),
            Integer.toString(DIM));
    assertTrue(output.contains("refused and alive"), output);
  }

  @Test
  void pythonIsToldAndItsChannelLivesOn() throws Exception {
    assumeTrue(
        ForeignClient.works("python3", "-m", "ensurepip", "--version"),
        "python3 or its venv is absent: not tested");
    ForeignClient python =
        ForeignClient.of("python", "python-oversized", List.of("requirements.txt", "oversized.py"));
    Path own = python.folder().resolve("venv/bin/python");
    if (!ForeignClient.works(own.toString(), "-m", "pip", "--version")) {
      python.run("python3", "-m", "venv", "--clear", "venv");
    }
    python.run(
        own.toString(),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--requirement",
        "requirements.txt");
    String protos = ForeignClient.protoFolder();
    python.run(
        own.toString(),
        "-m",
        "grpc_tools.protoc",
        "--proto_path=" + protos,
        "--python_out=.",
        "--grpc_python_out=.",
        "luceneivf/v1/common.proto",
        "luceneivf/v1/trained_codebook.proto",
        "luceneivf/v1/training_service.proto",
        "luceneivf/v1/merge_service.proto",
        "luceneivf/v1/codebook_service.proto");
    String output =
        python.run(
            own.toString(),
            "oversized.py",
            target(),
            codebookFile().toString(),
            CODEBOOK.id().toString(),
            Integer.toString(DIM));
    assertTrue(output.contains("refused and alive"), output);
  }

  @Test
  void javaIsToldAndItsChannelLivesOn() throws Exception {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    try {
      Stream other = new Stream(channel, 0);
      for (int size : new int[] {(4 << 20) + DIM, 8 << 20, 48 << 20}) {
        Stream stream = new Stream(channel, Integer.MAX_VALUE);
        ByteString vectors = ByteString.copyFrom(new byte[size]);
        AssignAndEncodeRequest message =
            AssignAndEncodeRequest.newBuilder()
                .setVectors(VectorChunk.newBuilder().setVectors(vectors))
                .build();
        stream.requests.onNext(message);
        Status status = stream.end.get(60, TimeUnit.SECONDS);
        assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode(), status::toString);
        assertEquals(
            "message must be at most 4194304 bytes, got: " + message.getSerializedSize(),
            status.getDescription());
      }
      other.requests.onNext(
          AssignAndEncodeRequest.newBuilder().setEnd(EncodeEnd.getDefaultInstance()).build());
      other.requests.onCompleted();
      assertTrue(other.end.get(60, TimeUnit.SECONDS).isOk());
    } finally {
      channel.shutdownNow();
    }
  }

  /** An encode stream that was accepted. */
  private static final class Stream {
    final CompletableFuture<Status> end = new CompletableFuture<>();
    final StreamObserver<AssignAndEncodeRequest> requests;

    Stream(ManagedChannel channel, int count) throws InterruptedException {
      BlockingQueue<AssignAndEncodeResponse> responses = new LinkedBlockingQueue<>();
      requests =
          MergeServiceGrpc.newStub(channel)
              .assignAndEncode(
                  new StreamObserver<>() {
                    @Override
                    public void onNext(AssignAndEncodeResponse response) {
                      responses.add(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                      end.complete(((StatusRuntimeException) failure).getStatus());
                    }

                    @Override
                    public void onCompleted() {
                      end.complete(Status.OK);
                    }
                  });
      ByteString codebook = ByteString.copyFrom(CODEBOOK.toBytes());
      requests.onNext(
          AssignAndEncodeRequest.newBuilder()
              .setHeader(
                  EncodeHeader.newBuilder()
                      .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
                      .setEncoding(Encoding.ENCODING_BIT1)
                      .setDim(DIM)
                      .setCount(count)
                      .setCodebookId(ByteString.copyFrom(CODEBOOK.id().bytes()))
                      .setCodebookBytes(codebook.size()))
              .build());
      requests.onNext(
          AssignAndEncodeRequest.newBuilder()
              .setCodebook(
                  CodebookChunk.newBuilder()
                      .setData(codebook)
                      .setCrc32C(Checksums.crc32c(codebook)))
              .build());
      AssignAndEncodeResponse first = responses.poll(60, TimeUnit.SECONDS);
      assertTrue(first != null && first.hasAccepted(), () -> "not accepted: " + end);
    }
  }
}

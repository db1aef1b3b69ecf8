// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.merge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.EncodedSink;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.proto.v1.AssignAndEncodeRequest;
import io.github.luceneivf.proto.v1.AssignAndEncodeResponse;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.EncodeEnd;
import io.github.luceneivf.proto.v1.EncodeHeader;
import io.github.luceneivf.proto.v1.MergeServiceGrpc;
import io.github.luceneivf.proto.v1.ProtocolVersion;
import io.github.luceneivf.proto.v1.VectorChunk;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.server.TestCall;
import io.github.luceneivf.server.TestServer;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.FloatBytes;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EncodeStreamTest {

  private static final int DIM = 8;
  private static final int ROWS = 400;
  private static final FloatMatrix VECTORS = vectors();
  private static final Codebook CODEBOOK = codebook();

  private TestServer server;

  private static FloatMatrix vectors() {
    Random random = new Random(3);
    float[] values = new float[ROWS * DIM];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return new FloatMatrix(values, ROWS, DIM);
  }

  private static Codebook codebook() {
    TrainingRequest request =
        new TrainingRequest(
            Metric.COSINE, Encoding.INT8, KMeansParams.of(5, 1), ROWS, Optional.empty());
    try {
      return new LocalCodebookTrainer().train(request, VECTORS, TrainingMonitor.NONE).codebook();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeEach
  void start() throws IOException {
    server = new TestServer(new LocalCodebookTrainer(), Duration.ofMinutes(1));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static EncodeHeader.Builder header() {
    return EncodeHeader.newBuilder()
        .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
        .setEncoding(io.github.luceneivf.proto.v1.Encoding.ENCODING_INT8)
        .setDim(DIM)
        .setCount(ROWS)
        .setCodebookId(ByteString.copyFrom(CODEBOOK.id().bytes()));
  }

  private static AssignAndEncodeRequest message(EncodeHeader.Builder header) {
    return AssignAndEncodeRequest.newBuilder().setHeader(header).build();
  }

  private static AssignAndEncodeRequest codebookChunk(byte[] bytes, int offset) {
    ByteString data = ByteString.copyFrom(bytes);
    return AssignAndEncodeRequest.newBuilder()
        .setCodebook(
            CodebookChunk.newBuilder()
                .setOffset(offset)
                .setData(data)
                .setCrc32C(Checksums.crc32c(data)))
        .build();
  }

  private static AssignAndEncodeRequest vectors(int from, int count) {
    ByteString bytes = FloatBytes.toBytes(VECTORS.values(), from * DIM, count * DIM);
    return AssignAndEncodeRequest.newBuilder()
        .setVectors(
            VectorChunk.newBuilder()
                .setFirstOrd(from)
                .setVectors(bytes)
                .setCrc32C(Checksums.crc32c(bytes)))
        .build();
  }

  private static AssignAndEncodeRequest end() {
    ByteString bytes = FloatBytes.toBytes(VECTORS.values(), 0, ROWS * DIM);
    return AssignAndEncodeRequest.newBuilder()
        .setEnd(EncodeEnd.newBuilder().setCount(ROWS).setCrc32C(Checksums.crc32c(bytes)))
        .build();
  }

  private TestCall<AssignAndEncodeRequest, AssignAndEncodeResponse> call(int responses) {
    return new TestCall<>(server.channel(), MergeServiceGrpc.getAssignAndEncodeMethod(), responses);
  }

  private void assertRefused(Status.Code code, String text, AssignAndEncodeRequest... messages)
      throws Exception {
    TestCall<AssignAndEncodeRequest, AssignAndEncodeResponse> call = call(1000);
    List.of(messages).forEach(call::send);
    Status status = call.status();
    assertEquals(code, status.getCode(), status::toString);
    assertEquals(text, status.getDescription());
    awaitNoStreams();
  }

  /** The thread of the stream gives its room back just after the client is told. */
  private void awaitNoStreams() {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while ((server.streams.open() > 0 || server.memory.usedBytes() > 0)
        && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertEquals(0, server.streams.open());
    server.awaitFreeMemory();
  }

  @Test
  void codesAreThoseOfThisProcess() throws Exception {
    byte[] bytes = CODEBOOK.toBytes();
    TestCall<AssignAndEncodeRequest, AssignAndEncodeResponse> call = call(1000);
    call.send(message(header().setCodebookBytes(bytes.length)));
    call.send(codebookChunk(bytes, 0));
    assertTrue(call.next().hasAccepted());
    call.send(vectors(0, 150));
    call.send(vectors(150, 250));
    call.send(end());
    call.halfClose();
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    AssignAndEncodeResponse response = call.next();
    for (; response.hasCodes(); response = call.next()) {
      records.writeBytes(response.getCodes().getRecords().toByteArray());
    }
    assertEquals(ROWS, response.getSummary().getCount());
    assertTrue(call.status().isOk());
    assertArrayEquals(local(), records.toByteArray());
    awaitNoStreams();
  }

  private static byte[] local() throws IOException {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    EncodedSink sink =
        new EncodedSink() {
          @Override
          public void accept(int firstOrd, int count, int[] lists, byte[] batch) {
            records.write(batch, 0, count * Encoding.INT8.recordBytes(DIM));
          }

          @Override
          public void acceptCopies(int count, int[] ords, int[] lists, byte[] records) {
            throw new AssertionError("no vector is in two lists here");
          }

          @Override
          public void restart() {}
        };
    new LocalVectorEncoder()
        .encode(CODEBOOK, Encoding.INT8, VECTORS.asSource(), sink, AbortCheck.NONE);
    return records.toByteArray();
  }

  @Test
  void wrongHeadersAreRefusedByName() throws Exception {
    Status.Code wrong = Status.Code.INVALID_ARGUMENT;
    assertRefused(wrong, "dim must be in [1, 64], got: 0", message(header().setDim(0)));
    assertRefused(
        wrong, "count must be in [0, 2147483647], got: -1", message(header().setCount(-1)));
    assertRefused(
        wrong,
        "codebook_id bytes must be in [32, 32], got: 0",
        message(header().clearCodebookId()));
    assertRefused(
        wrong,
        "codebook_bytes must be in [0, 99201], got: 1000000000000",
        message(header().setDim(1).setCodebookBytes(1_000_000_000_000L)));
    assertRefused(
        wrong,
        "encoding must be one of 1, 2, 3, 4, 5, 6, 7, got: 0",
        message(header().clearEncoding()));
    assertRefused(
        Status.Code.FAILED_PRECONDITION,
        "protocol_version must be 1, got: 0",
        message(header().clearProtocolVersion()));
    assertRefused(Status.Code.NOT_FOUND, "codebook not found: " + CODEBOOK.id(), message(header()));
    assertRefused(wrong, "header must be the first message", vectors(0, 1));
    server.codebooks.put(CODEBOOK);
    assertRefused(wrong, "dim must be 8 as in the codebook, got: 9", message(header().setDim(9)));
    assertRefused(
        wrong,
        "codebook must have sub-codebooks for PQ4",
        message(header().setEncoding(io.github.luceneivf.proto.v1.Encoding.ENCODING_PQ4)));
  }

  @Test
  void wrongCodebooksAreRefused() throws Exception {
    byte[] bytes = CODEBOOK.toBytes();
    AssignAndEncodeRequest head = message(header().setCodebookBytes(bytes.length));
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "codebook offset must be 0, got: 1",
        head,
        codebookChunk(bytes, 1));
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "codebook must have " + bytes.length + " bytes, got: " + (bytes.length + 1),
        head,
        codebookChunk(Arrays.copyOf(bytes, bytes.length + 1), 0));
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "codebook_id must be " + CODEBOOK.id() + ", got: " + "00".repeat(32),
        message(
            header()
                .setCodebookBytes(bytes.length)
                .setCodebookId(ByteString.copyFrom(new byte[32]))),
        codebookChunk(bytes, 0));
  }

  @Test
  void wrongVectorsAreRefusedWhileItRuns() throws Exception {
    server.codebooks.put(CODEBOOK);
    Status.Code wrong = Status.Code.INVALID_ARGUMENT;
    assertRefused(wrong, "first_ord must be 0, got: 5", message(header()), vectors(5, 10));
    assertRefused(
        wrong, "first_ord must be 10, got: 0", message(header()), vectors(0, 10), vectors(0, 10));
    assertRefused(wrong, "count must be 3, got: 10", message(header().setCount(3)), vectors(0, 10));
    assertRefused(
        wrong,
        "count must be 400, got: 10, end says: 400",
        message(header()),
        vectors(0, 10),
        end());
  }

  @Test
  void tooManyStreamsAreRefused() throws Exception {
    server.codebooks.put(CODEBOOK);
    List<TestCall<AssignAndEncodeRequest, AssignAndEncodeResponse>> open = new ArrayList<>();
    for (int i = 0; i < TestServer.LIMITS.maxStreams(); i++) {
      TestCall<AssignAndEncodeRequest, AssignAndEncodeResponse> call = call(1);
      call.send(message(header()));
      call.next();
      open.add(call);
    }
    TestCall<AssignAndEncodeRequest, AssignAndEncodeResponse> third = call(1);
    third.send(message(header()));
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, third.status().getCode());
    assertEquals("encode streams must be at most 2, got: 3", third.status().getDescription());
    open.forEach(TestCall::cancel);
    awaitNoStreams();
  }

  @Test
  void silentClientLosesItsPlace() throws Exception {
    server.close();
    // Enough for a header that is sent at once, on a machine with much other work.
    server = new TestServer(new LocalCodebookTrainer(), Duration.ofSeconds(1));
    byte[] bytes = CODEBOOK.toBytes();
    assertRefused(
        Status.Code.DEADLINE_EXCEEDED,
        "codebook must come within PT1S",
        message(header().setCodebookBytes(bytes.length)));
    server.codebooks.put(CODEBOOK);
    assertRefused(
        Status.Code.DEADLINE_EXCEEDED, "vectors must come within PT1S", message(header()));
  }

  @Test
  void clientThatTakesNothingIsNotReadFrom() throws Exception {
    server.codebooks.put(CODEBOOK);
    TestCall<AssignAndEncodeRequest, AssignAndEncodeResponse> call = call(1);
    call.send(message(header().setCount(Integer.MAX_VALUE)));
    call.next();
    int most = 10_000;
    int sent = 0;
    long quiet = System.nanoTime();
    while (sent < most && System.nanoTime() - quiet < Duration.ofSeconds(1).toNanos()) {
      if (call.isReady()) {
        ByteString bytes = FloatBytes.toBytes(VECTORS.values(), 0, ROWS * DIM);
        call.send(
            AssignAndEncodeRequest.newBuilder()
                .setVectors(
                    VectorChunk.newBuilder()
                        .setFirstOrd((long) sent * ROWS)
                        .setVectors(bytes)
                        .setCrc32C(Checksums.crc32c(bytes)))
                .build());
        sent++;
        quiet = System.nanoTime();
      } else {
        Thread.onSpinWait();
      }
    }
    assertTrue(sent < 100, "chunks taken from a client that reads nothing: " + sent);
    call.cancel();
    awaitNoStreams();
  }
}

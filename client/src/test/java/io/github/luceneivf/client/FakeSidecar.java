// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.proto.v1.AssignAndEncodeResponse;
import io.github.luceneivf.proto.v1.CodeChunk;
import io.github.luceneivf.proto.v1.EncodeAccepted;
import io.github.luceneivf.proto.v1.EncodeSummary;
import io.github.luceneivf.proto.v1.ProtocolVersion;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.CodebookRefs;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** A sidecar in this process that does what it should, but for what a test makes it do. */
final class FakeSidecar implements AutoCloseable {

  /** What becomes of a message on its way to the client; identity if well behaved. */
  interface Fault {
    /** Returns the messages to send instead; null to fall silent for ever. */
    @Nullable List<? extends Message> apply(Message message);

    /** Behaves well. */
    Fault NONE = List::of;
  }

  /** Thrown by a fault to end the call with a status. */
  static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Status status;

    Refusal(Status status) {
      super(status.toString());
      this.status = status;
    }
  }

  final CountDownLatch cancelled = new CountDownLatch(1);
  final CountDownLatch jobCancelled = new CountDownLatch(1);
  final List<Integer> codebookBytes = new ArrayList<>();
  private final Fault fault;
  private final Server server;
  private final ManagedChannel channel;

  FakeSidecar(TrainedCodebook trained, Fault fault) throws IOException {
    this.fault = fault;
    String name = InProcessServerBuilder.generateName();
    this.server =
        InProcessServerBuilder.forName(name)
            .addService(new FakeTraining(this, trained))
            .addService(new FakeMerge(this, trained.codebook()))
            .build()
            .start();
    this.channel = InProcessChannelBuilder.forName(name).build();
  }

  /** Returns a connection with short waits, but long ones where nothing goes wrong. */
  SidecarConnection connection() {
    return connection(System::nanoTime);
  }

  SidecarConnection connection(java.util.function.LongSupplier nanoClock) {
    Duration silence = fault.equals(Fault.NONE) ? Duration.ofSeconds(20) : Duration.ofMillis(400);
    RemoteConfig config =
        RemoteConfig.of("sidecar", 7070).withDeadlines(silence, silence, silence.multipliedBy(2));
    return new SidecarConnection(config, channel, new CircuitBreaker(nanoClock), () -> {});
  }

  /** Notes when the client cancels a call; to be called when it begins. */
  void observe(StreamObserver<?> client) {
    ((ServerCallStreamObserver<?>) client).setOnCancelHandler(cancelled::countDown);
  }

  /** Sends some messages through the fault, and ends the call. */
  void send(StreamObserver<? extends Message> client, List<? extends Message> messages) {
    if (sendSome(client, messages)) {
      client.onCompleted();
    }
  }

  /** Sends some messages through the fault; returns whether the call goes on. */
  @SuppressWarnings("unchecked") // a fault answers with messages of the same type
  boolean sendSome(StreamObserver<? extends Message> client, List<? extends Message> messages) {
    try {
      for (Message message : messages) {
        List<? extends Message> instead = fault.apply(message);
        if (instead == null) {
          return false;
        }
        instead.forEach(((StreamObserver<Message>) client)::onNext);
      }
      return true;
    } catch (Refusal refusal) {
      client.onError(refusal.status.asRuntimeException());
      return false;
    }
  }

  /** Returns what a good sidecar answers to a stream of vectors. */
  static List<AssignAndEncodeResponse> codes(int[] lists, byte[] records, int perChunk) {
    int recordBytes = lists.length == 0 ? 0 : records.length / lists.length;
    List<AssignAndEncodeResponse> answer = new ArrayList<>();
    CRC32C whole = new CRC32C();
    for (int from = 0; from < lists.length; from += perChunk) {
      int count = Math.min(perChunk, lists.length - from);
      ByteString listBytes = ByteString.copyFrom(Bytes.ofInts(lists, from, count));
      ByteString recordPart = ByteString.copyFrom(records, from * recordBytes, count * recordBytes);
      Checksums.update(whole, listBytes);
      Checksums.update(whole, recordPart);
      answer.add(codes(from, count, listBytes, recordPart));
    }
    answer.add(
        AssignAndEncodeResponse.newBuilder()
            .setSummary(
                EncodeSummary.newBuilder().setCount(lists.length).setCrc32C((int) whole.getValue()))
            .build());
    return answer;
  }

  static AssignAndEncodeResponse codes(
      long firstOrd, int count, ByteString lists, ByteString records) {
    return AssignAndEncodeResponse.newBuilder()
        .setCodes(
            CodeChunk.newBuilder()
                .setFirstOrd(firstOrd)
                .setCount(count)
                .setLists(lists)
                .setRecords(records)
                .setCrc32C(Checksums.crc32c(lists.concat(records))))
        .build();
  }

  static AssignAndEncodeResponse accepted(CodebookId codebook, int recordBytes) {
    return AssignAndEncodeResponse.newBuilder()
        .setAccepted(
            EncodeAccepted.newBuilder()
                .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
                .setMaxChunkBytes(1 << 21)
                .setRecordBytes(recordBytes)
                .setCodebookId(CodebookRefs.bytes(codebook)))
        .build();
  }

  /** Puts received rows together. */
  static FloatMatrix matrix(List<float[]> parts, int dim) {
    int size = parts.stream().mapToInt(part -> part.length).sum();
    float[] values = new float[size];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, values, at, part.length);
      at += part.length;
    }
    return new FloatMatrix(values, size / dim, dim);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
  }
}

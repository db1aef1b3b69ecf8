// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.CodebookServiceGrpc;
import io.github.luceneivf.proto.v1.PublishCodebookRequest;
import io.github.luceneivf.proto.v1.PublishCodebookResponse;
import io.github.luceneivf.proto.v1.PublishHeader;
import io.github.luceneivf.server.TestCall;
import io.github.luceneivf.server.config.MemoryBudget;
import io.github.luceneivf.server.config.ServerConfig.Times;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InboundStreamTest {

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SOON = Duration.ofSeconds(1); // for what is sent at once
  private static final long MEMORY = 1000;
  private static final long PER_STREAM = 300;

  private final MemoryBudget memory = new MemoryBudget(MEMORY);
  private final ExecutorService work = Executors.newFixedThreadPool(2);
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private CallRoom room = room(LONG, LONG);
  private @Nullable Server server;
  private @Nullable ManagedChannel channel;

  /** Where a stream is to fail. */
  private enum Fault {
    NONE,
    HEADER,
    CHUNK,
    WORK
  }

  private CallRoom room(Duration idle, Duration firstByte) {
    Times times = new Times(idle, LONG, LONG, LONG, firstByte);
    return new CallRoom("streams", 4, memory, times, new CallRoom.Threads(work, timer));
  }

  /** Takes chunks until one says "end", then answers on a thread of the room. */
  private static class Chunks
      extends InboundStream<PublishCodebookRequest, PublishCodebookResponse> {
    private final Fault fault;
    private final Throwable failure;

    Chunks(
        CallRoom room,
        StreamObserver<PublishCodebookResponse> client,
        Fault fault,
        Throwable failure) {
      super(room, client);
      this.fault = fault;
      this.failure = failure;
    }

    @Override
    protected boolean isHeader(PublishCodebookRequest message) {
      return message.hasHeader();
    }

    @Override
    protected String content() {
      return "chunks";
    }

    @Override
    protected String lastMessage() {
      return "end must be the last message";
    }

    @Override
    protected void receive(PublishCodebookRequest message) {
      if (message.hasHeader()) {
        reserve(PER_STREAM);
        fail(Fault.HEADER);
      } else if (message.getChunk().getData().isEmpty()) {
        completed();
        handOver(() -> {
          fail(Fault.WORK);
          if (close()) {
            client.onNext(PublishCodebookResponse.getDefaultInstance());
            client.onCompleted();
          }
        });
      } else {
        fail(Fault.CHUNK);
      }
    }

    private void fail(Fault here) {
      if (fault == here) {
        if (failure instanceof Error error) {
          throw error;
        }
        throw (RuntimeException) failure;
      }
    }
  }

  /** Gets hold of something once it was ended. */
  private static final class Holding extends Chunks {
    private final CountDownLatch ended;
    private final AtomicInteger released;
    private final AtomicBoolean holds;

    Holding(
        CallRoom room,
        StreamObserver<PublishCodebookResponse> client,
        CountDownLatch ended,
        AtomicInteger released,
        AtomicBoolean holds) {
      super(room, client, Fault.NONE, new Error());
      this.ended = ended;
      this.released = released;
      this.holds = holds;
    }

    @Override
    protected void receive(PublishCodebookRequest message) {
      try {
        ended.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      holds.set(true);
    }

    @Override
    protected void release() {
      holds.set(false);
      released.incrementAndGet();
    }
  }

  private void serve(Fault fault, Throwable failure) throws IOException {
    serve(call -> new Chunks(room, call, fault, failure));
  }

  private void serve(
      Function<StreamObserver<PublishCodebookResponse>, StreamObserver<PublishCodebookRequest>>
          opening)
      throws IOException {
    stopServer();
    String name = InProcessServerBuilder.generateName();
    var service =
        new CodebookServiceGrpc.CodebookServiceImplBase() {
          @Override
          public StreamObserver<PublishCodebookRequest> publishCodebook(
              StreamObserver<PublishCodebookResponse> client) {
            return opening.apply(client);
          }
        };
    server =
        InProcessServerBuilder.forName(name)
            .addTransportFilter(new Peer.Connections())
            .intercept(new Peer.Calls())
            .intercept(new FailedCalls())
            .addService(ParsedRequests.of(service.bindService()))
            .build()
            .start();
    channel = InProcessChannelBuilder.forName(name).build();
  }

  private void stopServer() {
    if (channel != null) {
      channel.shutdownNow();
    }
    if (server != null) {
      server.shutdownNow();
    }
  }

  @AfterEach
  void stop() {
    stopServer();
    work.shutdownNow();
    timer.shutdownNow();
  }

  private ManagedChannel channel() {
    return Objects.requireNonNull(channel);
  }

  private TestCall<PublishCodebookRequest, PublishCodebookResponse> call() {
    return new TestCall<>(channel(), CodebookServiceGrpc.getPublishCodebookMethod(), 2);
  }

  private static PublishCodebookRequest header() {
    return PublishCodebookRequest.newBuilder().setHeader(PublishHeader.newBuilder()).build();
  }

  private static PublishCodebookRequest chunk(String text) {
    return PublishCodebookRequest.newBuilder()
        .setChunk(CodebookChunk.newBuilder().setData(ByteString.copyFromUtf8(text)))
        .build();
  }

  private void assertEnds(
      Status.Code code, @Nullable String text, PublishCodebookRequest... messages)
      throws Exception {
    TestCall<PublishCodebookRequest, PublishCodebookResponse> call = call();
    for (PublishCodebookRequest message : messages) {
      call.send(message);
    }
    call.halfClose();
    Status status = call.status();
    assertEquals(code, status.getCode(), status::toString);
    if (text != null) {
      assertEquals(text, status.getDescription());
    }
    awaitRoom();
  }

  private void awaitRoom() {
    long start = System.nanoTime();
    while ((room.open() > 0 || memory.usedBytes() > 0)
        && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(20)) {
      Thread.onSpinWait();
    }
    assertEquals(0, room.open());
    assertEquals(0, memory.usedBytes());
  }

  @Test
  void errorsEndWithAStatusAndGiveRoomBack() throws Exception {
    for (Fault fault : new Fault[] {Fault.HEADER, Fault.CHUNK, Fault.WORK}) {
      serve(fault, new OutOfMemoryError("Java heap space"));
      assertEnds(
          Status.Code.RESOURCE_EXHAUSTED,
          "server has no memory for this now",
          header(),
          chunk("a"),
          chunk(""));
      serve(fault, new StackOverflowError());
      assertEnds(Status.Code.INTERNAL, null, header(), chunk("a"), chunk(""));
      serve(fault, new IllegalStateException("bug"));
      assertEnds(Status.Code.INTERNAL, null, header(), chunk("a"), chunk(""));
      serve(fault, RequestException.precondition("not now"));
      assertEnds(Status.Code.FAILED_PRECONDITION, "not now", header(), chunk("a"), chunk(""));
    }
  }

  @Test
  void headerIsFirstAndEndIsLast() throws Exception {
    serve(Fault.NONE, new Error());
    Status.Code wrong = Status.Code.INVALID_ARGUMENT;
    assertEnds(wrong, "header must be the first message", chunk("a"));
    assertEnds(
        wrong, "header must be the first message", PublishCodebookRequest.getDefaultInstance());
    assertEnds(wrong, "header must be the first message, got another", header(), header());
    assertEnds(wrong, "end must be the last message", header(), chunk("a"));
    assertEnds(wrong, "end must be the last message");
    assertEnds(Status.Code.OK, null, header(), chunk("a"), chunk(""));
  }

  @Test
  void firstBytesMustComeSoon() throws Exception {
    room = room(LONG, SOON);
    serve(Fault.NONE, new Error());
    TestCall<PublishCodebookRequest, PublishCodebookResponse> silent = call();
    assertEquals("header must come within PT1S", silent.status().getDescription());
    TestCall<PublishCodebookRequest, PublishCodebookResponse> announced = call();
    announced.send(header());
    assertEquals(Status.Code.DEADLINE_EXCEEDED, announced.status().getCode());
    assertEquals("chunks must come within PT1S", announced.status().getDescription());
    awaitRoom();
  }

  @Test
  void whatIsGotHoldOfTooLateIsLetGo() throws Exception {
    room = room(LONG, SOON);
    CountDownLatch ended = new CountDownLatch(1);
    AtomicInteger released = new AtomicInteger();
    AtomicBoolean holds = new AtomicBoolean();
    serve(call -> new Holding(room, call, ended, released, holds));
    TestCall<PublishCodebookRequest, PublishCodebookResponse> call = call();
    call.send(header());
    assertEquals(Status.Code.DEADLINE_EXCEEDED, call.status().getCode());
    assertEquals(1, released.get());
    ended.countDown();
    long start = System.nanoTime();
    while (released.get() < 2 && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(20)) {
      Thread.onSpinWait();
    }
    assertEquals(2, released.get());
    assertFalse(holds.get());
  }

  @Test
  void trickleDoesNotKeepAPlace() throws Exception {
    room = room(Duration.ofMillis(400), LONG);
    serve(Fault.NONE, new Error());
    TestCall<PublishCodebookRequest, PublishCodebookResponse> call = call();
    call.send(header());
    Status status = null;
    long start = System.nanoTime();
    while (status == null && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(20)) {
      call.send(chunk("a"));
      status = call.statusWithin(Duration.ofMillis(20));
    }
    assertTrue(status != null, "a client that sends 50 bytes a second keeps its place");
    Status end = Objects.requireNonNull(status);
    assertEquals(Status.Code.DEADLINE_EXCEEDED, end.getCode());
    String text = String.valueOf(end.getDescription());
    assertTrue(text.startsWith("chunks must come at 65536 bytes/s or more, got: "), text);
    awaitRoom();
  }

  @Test
  void oneConnectionDoesNotGetAllPlaces() throws Exception {
    serve(Fault.NONE, new Error());
    TestCall<PublishCodebookRequest, PublishCodebookResponse> first = call();
    first.send(header());
    TestCall<PublishCodebookRequest, PublishCodebookResponse> second = call();
    second.send(header());
    TestCall<PublishCodebookRequest, PublishCodebookResponse> third = call();
    third.send(header());
    awaitMemory(3 * PER_STREAM);
    TestCall<PublishCodebookRequest, PublishCodebookResponse> fourth = call();
    assertEquals(
        "streams of one connection must be at most 3, got: 4", fourth.status().getDescription());
    first.cancel();
    second.cancel();
    third.cancel();
    awaitRoom();
  }

  private void awaitMemory(long bytes) {
    long start = System.nanoTime();
    while (memory.usedBytes() < bytes && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(20)) {
      Thread.onSpinWait();
    }
    assertEquals(bytes, memory.usedBytes());
  }

  @Test
  void bytesThatAreNoMessageAreTheClientsFault() throws Exception {
    serve(Fault.NONE, new Error());
    MethodDescriptor<byte[], PublishCodebookResponse> raw =
        CodebookServiceGrpc.getPublishCodebookMethod().toBuilder(
                new Bytes(), CodebookServiceGrpc.getPublishCodebookMethod().getResponseMarshaller())
            .build();
    TestCall<byte[], PublishCodebookResponse> call = new TestCall<>(channel(), raw, 2);
    call.send(header().toByteArray());
    call.send(new byte[] {-1, -1, -1, -1});
    Status status = call.status();
    assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode(), status::toString);
    assertTrue(
        String.valueOf(status.getDescription()).startsWith("message must be readable"),
        status::toString);
    awaitRoom();
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fault;

import com.google.protobuf.Message;
import io.github.luceneivf.proto.v1.MergeServiceGrpc;
import io.github.luceneivf.proto.v1.TrainingServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A sidecar on a port of its own that asks a real one and passes on a lie. Thread-safe; closing it
 * leaves the real one alone.
 */
final class LyingSidecar implements AutoCloseable {

  /** What becomes of an honest answer. */
  @FunctionalInterface
  interface Lie {
    /**
     * Returns what is sent instead.
     *
     * @throws StatusRuntimeException to end the call with that status
     */
    List<? extends Message> tell(Message honest);
  }

  private final ManagedChannel honest;
  private final Lie lie;
  private final Server server;

  private LyingSidecar(int port, Lie lie) throws IOException {
    this.honest = ManagedChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    this.lie = lie;
    this.server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(forward(TrainingServiceGrpc.getServiceDescriptor()))
            .addService(forward(MergeServiceGrpc.getServiceDescriptor()))
            .build()
            .start();
  }

  /** Starts before a real sidecar. */
  static LyingSidecar start(int port, Lie lie) throws IOException {
    return new LyingSidecar(port, lie);
  }

  int port() {
    return server.getPort();
  }

  private ServerServiceDefinition forward(ServiceDescriptor service) {
    ServerServiceDefinition.Builder builder = ServerServiceDefinition.builder(service);
    for (MethodDescriptor<?, ?> method : service.getMethods()) {
      builder.addMethod(forward(method));
    }
    return builder.build();
  }

  private <Q, R> ServerMethodDefinition<Q, R> forward(MethodDescriptor<Q, R> method) {
    return ServerMethodDefinition.create(
        method,
        (client, headers) -> {
          ClientCall<Q, R> up = honest.newCall(method, CallOptions.DEFAULT);
          up.start(new Answers<>(client, up), new Metadata());
          up.request(1);
          client.sendHeaders(new Metadata());
          client.request(1);
          return new Questions<>(client, up);
        });
  }

  private static final class Questions<Q, R> extends ServerCall.Listener<Q> {
    private final ServerCall<Q, R> client;
    private final ClientCall<Q, R> up;

    Questions(ServerCall<Q, R> client, ClientCall<Q, R> up) {
      this.client = client;
      this.up = up;
    }

    @Override
    public void onMessage(Q message) {
      up.sendMessage(message);
      client.request(1);
    }

    @Override
    public void onHalfClose() {
      up.halfClose();
    }

    @Override
    public void onCancel() {
      up.cancel("client went away", null);
    }
  }

  private final class Answers<Q, R> extends ClientCall.Listener<R> {
    private final ServerCall<Q, R> client;
    private final ClientCall<Q, R> up;
    private boolean ended;

    Answers(ServerCall<Q, R> client, ClientCall<Q, R> up) {
      this.client = client;
      this.up = up;
    }

    @Override
    @SuppressWarnings("unchecked") // a lie is of the type of the truth
    public void onMessage(R message) {
      if (ended) {
        return;
      }
      try {
        lie.tell((Message) message).forEach(instead -> client.sendMessage((R) instead));
        up.request(1);
      } catch (StatusRuntimeException e) {
        ended = true;
        client.close(e.getStatus(), new Metadata());
        up.cancel("lied", null);
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (!ended && !client.isCancelled()) {
        ended = true;
        client.close(status, new Metadata());
      }
    }
  }

  @Override
  public void close() throws InterruptedException {
    server.shutdownNow();
    honest.shutdownNow();
    if (!server.awaitTermination(10, TimeUnit.SECONDS)
        || !honest.awaitTermination(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("does not end");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Services whose requests are parsed inside their interceptors, so that {@link FailedCalls} hears
 * of a failure. gRPC parses before, and ends a call with {@code UNKNOWN} where the bytes are no
 * message, are too many once they are inflated, or find no memory. Stateless.
 */
public final class ParsedRequests {

  private ParsedRequests() {}

  /**
   * A request, or why there is none.
   *
   * @param <Q> request
   */
  private record Parsed<Q>(@Nullable Q message, @Nullable Throwable failure) {
    Q get() {
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure instanceof RuntimeException exception) {
        throw exception;
      }
      return Objects.requireNonNull(message);
    }
  }

  /** Returns a service that tells its clients what is wrong with their bytes. */
  public static ServerServiceDefinition of(ServerServiceDefinition service) {
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(service.getServiceDescriptor().getName())
            .setSchemaDescriptor(service.getServiceDescriptor().getSchemaDescriptor());
    List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
    for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
      ServerMethodDefinition<?, ?> wrapped = wrap(method);
      descriptor.addMethod(wrapped.getMethodDescriptor());
      methods.add(wrapped);
    }
    ServerServiceDefinition.Builder builder = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(builder::addMethod);
    return builder.build();
  }

  private static <Q, R> ServerMethodDefinition<Parsed<Q>, R> wrap(
      ServerMethodDefinition<Q, R> method) {
    MethodDescriptor<Q, R> original = method.getMethodDescriptor();
    MethodDescriptor.Marshaller<Q> requests = original.getRequestMarshaller();
    MethodDescriptor<Parsed<Q>, R> descriptor =
        original.toBuilder(new ParsedMarshaller<>(requests), original.getResponseMarshaller())
            .build();
    ServerCallHandler<Q, R> handler = method.getServerCallHandler();
    return ServerMethodDefinition.create(
        descriptor,
        (call, headers) -> {
          ServerCall<Q, R> plain = new PlainCall<>(call, original);
          return new Unwrapping<>(handler.startCall(plain, headers));
        });
  }

  private record ParsedMarshaller<Q>(MethodDescriptor.Marshaller<Q> delegate)
      implements MethodDescriptor.Marshaller<Parsed<Q>> {

    @Override
    public InputStream stream(Parsed<Q> value) {
      throw new UnsupportedOperationException("requests are received only");
    }

    @Override
    public Parsed<Q> parse(InputStream stream) {
      try {
        return new Parsed<>(delegate.parse(stream), null);
      } catch (StatusRuntimeException e) {
        return new Parsed<>(null, StatusMapper.unreadable(e));
      } catch (RuntimeException | Error e) {
        return new Parsed<>(null, e);
      }
    }
  }

  /** Hands messages on, or throws what kept them from being read. */
  private static final class Unwrapping<Q> extends ServerCall.Listener<Parsed<Q>> {
    private final ServerCall.Listener<Q> listener;

    Unwrapping(ServerCall.Listener<Q> listener) {
      this.listener = listener;
    }

    @Override
    public void onMessage(Parsed<Q> parsed) {
      listener.onMessage(parsed.get());
    }

    @Override
    public void onHalfClose() {
      listener.onHalfClose();
    }

    @Override
    public void onCancel() {
      listener.onCancel();
    }

    @Override
    public void onComplete() {
      listener.onComplete();
    }

    @Override
    public void onReady() {
      listener.onReady();
    }
  }

  /** The call as the service knows it. */
  private static final class PlainCall<Q, R> extends ServerCall<Q, R> {
    private final ServerCall<Parsed<Q>, R> call;
    private final MethodDescriptor<Q, R> method;

    PlainCall(ServerCall<Parsed<Q>, R> call, MethodDescriptor<Q, R> method) {
      this.call = call;
      this.method = method;
    }

    @Override
    public void request(int count) {
      call.request(count);
    }

    @Override
    public void sendHeaders(Metadata headers) {
      call.sendHeaders(headers);
    }

    @Override
    public void sendMessage(R message) {
      call.sendMessage(message);
    }

    @Override
    public boolean isReady() {
      return call.isReady();
    }

    @Override
    public void close(Status status, Metadata trailers) {
      call.close(status, trailers);
    }

    @Override
    public boolean isCancelled() {
      return call.isCancelled();
    }

    @Override
    public void setOnReadyThreshold(int bytes) {
      call.setOnReadyThreshold(bytes);
    }

    @Override
    public void setMessageCompression(boolean enabled) {
      call.setMessageCompression(enabled);
    }

    @Override
    public void setCompression(String compressor) {
      call.setCompression(compressor);
    }

    @Override
    public SecurityLevel getSecurityLevel() {
      return call.getSecurityLevel();
    }

    @Override
    public Attributes getAttributes() {
      return call.getAttributes();
    }

    @Override
    public @Nullable String getAuthority() {
      return call.getAuthority();
    }

    @Override
    public MethodDescriptor<Q, R> getMethodDescriptor() {
      return method;
    }
  }
}

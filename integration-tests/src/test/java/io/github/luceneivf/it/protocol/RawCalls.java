// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.protocol;

import com.google.protobuf.Message;
import io.github.luceneivf.proto.v1.MergeServiceGrpc;
import io.github.luceneivf.proto.v1.TrainingServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Calls whose messages are bytes, as a client in any language sends them. Immutable. */
record RawCalls(ManagedChannel channel) {

  private static final Marshaller<byte[]> BYTES =
      new Marshaller<>() {
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
      };

  /** Returns a method by its name. */
  @SuppressWarnings("unchecked") // all our methods speak protobuf
  static MethodDescriptor<Message, Message> method(String name) {
    return (MethodDescriptor<Message, Message>)
        Stream.of(
                TrainingServiceGrpc.getServiceDescriptor(), MergeServiceGrpc.getServiceDescriptor())
            .flatMap(service -> service.getMethods().stream())
            .filter(method -> name.equals(method.getBareMethodName()))
            .findFirst()
            .orElseThrow(() -> new AssertionError("method must exist, got: " + name));
  }

  /** Returns the type of what a method takes or gives. */
  static com.google.protobuf.Descriptors.Descriptor type(String method, boolean isRequest) {
    var supplier = (ProtoMethodDescriptorSupplier) method(method).getSchemaDescriptor();
    return isRequest
        ? supplier.getMethodDescriptor().getInputType()
        : supplier.getMethodDescriptor().getOutputType();
  }

  /** Sends requests and returns the responses of a call that ends well. */
  List<byte[]> call(String name, List<byte[]> requests) throws Exception {
    MethodDescriptor<Message, Message> method = method(name);
    ClientCall<byte[], byte[]> call =
        channel.newCall(method.toBuilder(BYTES, BYTES).build(), CallOptions.DEFAULT);
    List<byte[]> responses = Collections.synchronizedList(new ArrayList<>());
    CompletableFuture<Status> end = new CompletableFuture<>();
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(byte[] message) {
            responses.add(message);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            end.complete(status);
          }
        },
        new Metadata());
    call.request(Integer.MAX_VALUE);
    requests.forEach(call::sendMessage);
    call.halfClose();
    Status status = end.get(60, TimeUnit.SECONDS);
    if (!status.isOk()) {
      throw new AssertionError(name + ": " + status);
    }
    return List.copyOf(responses);
  }

  /**
   * Returns a response without what depends on clock and machine; its own bytes if nothing does.
   */
  static byte[] timeless(String method, byte[] response) {
    Message message =
        method(method).getResponseMarshaller().parse(new ByteArrayInputStream(response));
    Message timeless = Timeless.of(message);
    return timeless.equals(message) ? response : timeless.toByteArray();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.protocol;

import com.google.protobuf.Message;
import io.github.luceneivf.it.Exchange;
import io.github.luceneivf.proto.v1.MergeServiceGrpc;
import io.github.luceneivf.proto.v1.TrainingServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.stream.Stream;

/** Calls whose messages are bytes, as a client in any language sends them. Immutable. */
record RawCalls(ManagedChannel channel) {

  private static final int WAIT_SECONDS = 60;

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
    Exchange<byte[]> call =
        Exchange.of(
            channel, Exchange.ofBytes(method(name)), CallOptions.DEFAULT, requests, WAIT_SECONDS);
    if (!call.status().isOk()) {
      throw new AssertionError(name + ": " + call.status());
    }
    return call.responses();
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

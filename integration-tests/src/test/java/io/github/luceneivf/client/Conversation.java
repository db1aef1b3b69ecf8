// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import com.google.protobuf.Message;
import io.github.luceneivf.proto.v1.CodebookServiceGrpc;
import io.github.luceneivf.proto.v1.MergeServiceGrpc;
import io.github.luceneivf.proto.v1.TrainingServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * All messages of some calls, as bytes. A file of them, compressed: <b>[int]</b> calls, then for
 * each <b>[UTF]</b> its method, <b>[int]</b> its status, requests and responses, both as
 * <b>[int]</b> number and for each <b>[int]</b> length and bytes.
 */
final class Conversation {

  private final List<Call> calls = Collections.synchronizedList(new ArrayList<>());

  /** One call; responses are complete when it has ended. */
  static final class Call {
    final String method;
    final List<Message> requests = Collections.synchronizedList(new ArrayList<>());
    final List<Message> responses = Collections.synchronizedList(new ArrayList<>());
    volatile int status;

    Call(String method) {
      this.method = method;
    }

    @Override
    public String toString() {
      return method;
    }
  }

  /** Returns the calls, in the order in which they began. */
  List<Call> calls() {
    return List.copyOf(calls);
  }

  /** Returns an interceptor that listens. */
  ClientInterceptor listener() {
    return new ClientInterceptor() {
      @Override
      public <Q, R> ClientCall<Q, R> interceptCall(
          MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        Call call = new Call(method.getFullMethodName());
        calls.add(call);
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
          @Override
          public void start(Listener<R> listener, Metadata headers) {
            super.start(listening(call, listener), headers);
          }

          @Override
          public void sendMessage(Q message) {
            call.requests.add((Message) message);
            super.sendMessage(message);
          }
        };
      }
    };
  }

  private static <R> ClientCall.Listener<R> listening(Call call, ClientCall.Listener<R> listener) {
    return new SimpleForwardingClientCallListener<>(listener) {
      @Override
      public void onMessage(R message) {
        call.responses.add((Message) message);
        super.onMessage(message);
      }

      @Override
      public void onClose(Status status, Metadata trailers) {
        call.status = status.getCode().value();
        super.onClose(status, trailers);
      }
    };
  }

  void write(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    try (DataOutputStream out =
        new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(file)))) {
      out.writeInt(calls.size());
      for (Call call : calls()) {
        out.writeUTF(call.method);
        out.writeInt(call.status);
        write(out, call.requests);
        write(out, call.responses);
      }
    }
  }

  private static void write(DataOutputStream out, List<Message> messages) throws IOException {
    out.writeInt(messages.size());
    for (Message message : messages) {
      byte[] bytes = message.toByteArray();
      out.writeInt(bytes.length);
      out.write(bytes);
    }
  }

  static Conversation read(Path file) throws IOException {
    Conversation conversation = new Conversation();
    try (DataInputStream in =
        new DataInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        Call call = new Call(in.readUTF());
        call.status = in.readInt();
        MethodDescriptor<Message, Message> method = method(call.method);
        read(in, method.getRequestMarshaller(), call.requests);
        read(in, method.getResponseMarshaller(), call.responses);
        conversation.calls.add(call);
      }
    }
    return conversation;
  }

  private static void read(
      DataInputStream in, MethodDescriptor.Marshaller<Message> marshaller, List<Message> messages)
      throws IOException {
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      byte[] bytes = in.readNBytes(in.readInt());
      messages.add(marshaller.parse(new ByteArrayInputStream(bytes)));
    }
  }

  /** Returns the method of a name. */
  @SuppressWarnings("unchecked") // all our methods speak protobuf
  static MethodDescriptor<Message, Message> method(String name) {
    return (MethodDescriptor<Message, Message>)
        Stream.of(
                TrainingServiceGrpc.getServiceDescriptor(),
                MergeServiceGrpc.getServiceDescriptor(),
                CodebookServiceGrpc.getServiceDescriptor())
            .map(ServiceDescriptor::getMethods)
            .flatMap(Collection::stream)
            .filter(method -> method.getFullMethodName().equals(name))
            .findFirst()
            .orElseThrow(() -> new AssertionError("method must exist, got: " + name));
  }
}

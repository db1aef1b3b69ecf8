// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A call of any kind that is over: all requests were sent, and its end was awaited.
 *
 * @param responses what came before the end
 * @param status the end
 */
public record Exchange<R>(List<R> responses, Status status) {

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
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

  /** Returns a method whose messages are bytes, as a client in any language sends them. */
  public static MethodDescriptor<byte[], byte[]> ofBytes(MethodDescriptor<?, ?> method) {
    return method.toBuilder(BYTES, BYTES).build();
  }

  /**
   * Sends requests until the call ends.
   *
   * @param seconds that the end is waited for
   */
  public static <Q, R> Exchange<R> of(
      Channel channel,
      MethodDescriptor<Q, R> method,
      CallOptions options,
      List<Q> requests,
      int seconds)
      throws Exception {
    List<R> responses = Collections.synchronizedList(new ArrayList<>());
    CompletableFuture<Status> end = new CompletableFuture<>();
    ClientCall<Q, R> call = channel.newCall(method, options);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(R message) {
            responses.add(message);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            end.complete(status);
          }
        },
        new Metadata());
    call.request(Integer.MAX_VALUE);
    for (Q request : requests) {
      call.sendMessage(request);
      if (end.isDone()) {
        break;
      }
    }
    call.halfClose();
    Status status = end.get(seconds, TimeUnit.SECONDS);
    return new Exchange<>(List.copyOf(responses), status);
  }
}

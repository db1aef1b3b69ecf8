// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A call with everything in the hands of the test. */
public final class TestCall<Q, R> {

  private static final long SECONDS = 20;

  private final BlockingQueue<R> responses = new LinkedBlockingQueue<>();
  private final CompletableFuture<Status> end = new CompletableFuture<>();
  private final ClientCall<Q, R> call;

  /** Starts a call that takes at most so many responses. */
  public TestCall(ManagedChannel channel, MethodDescriptor<Q, R> method, int responses) {
    call = channel.newCall(method, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<R>() {
          @Override
          public void onMessage(R message) {
            TestCall.this.responses.add(message);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            end.complete(status);
          }
        },
        new Metadata());
    call.request(responses);
  }

  /** Sends all, and returns how the call ends. */
  public static <Q, R> Status status(
      ManagedChannel channel, MethodDescriptor<Q, R> method, List<Q> messages) throws Exception {
    TestCall<Q, R> call = new TestCall<>(channel, method, 1000);
    messages.forEach(call::send);
    call.halfClose();
    return call.status();
  }

  public void send(Q message) {
    call.sendMessage(message);
  }

  public void request(int count) {
    call.request(count);
  }

  public void halfClose() {
    call.halfClose();
  }

  public void cancel() {
    call.cancel("test", null);
  }

  public boolean isReady() {
    return call.isReady();
  }

  public R next() throws InterruptedException {
    R response = responses.poll(SECONDS, TimeUnit.SECONDS);
    if (response == null) {
      throw new IllegalStateException("no response, call: " + end.getNow(null));
    }
    return response;
  }

  /** Returns how the call ends, or null if it goes on for so long. */
  public @Nullable Status statusWithin(Duration time) throws Exception {
    try {
      return end.get(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return null;
    }
  }

  public Status status() throws Exception {
    return end.get(SECONDS, TimeUnit.SECONDS);
  }
}

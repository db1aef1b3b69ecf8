// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import io.github.luceneivf.codebook.AbortCheck;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One call, driven by the thread that wants its result: gRPC's threads only drop messages into an
 * inbox that never holds more than was asked for, and the driving thread waits in short steps,
 * asking in each whether to go on. Closing it cancels the call if it still runs.
 *
 * @param <Q> request
 * @param <R> response
 */
final class RemoteCall<Q, R> implements AutoCloseable {

  /** Responses that may wait in the inbox. */
  private static final int INBOX = 4;

  /** How often a wait asks whether to go on. */
  private static final long STEP_MILLIS = 20;

  private final ClientCall<Q, R> call;
  private final AbortCheck abort;
  private final Queue<R> inbox = new ArrayDeque<>();
  private @Nullable Status end;

  RemoteCall(SidecarConnection connection, MethodDescriptor<Q, R> method, AbortCheck abort) {
    this.call = connection.channel().newCall(method, CallOptions.DEFAULT);
    this.abort = abort;
    call.start(new Inbox(), new Metadata());
    call.request(INBOX);
  }

  private final class Inbox extends ClientCall.Listener<R> {
    @Override
    public void onMessage(R message) {
      synchronized (RemoteCall.this) {
        inbox.add(message);
        RemoteCall.this.notifyAll();
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      synchronized (RemoteCall.this) {
        end = status;
        RemoteCall.this.notifyAll();
      }
    }

    @Override
    public void onReady() {
      synchronized (RemoteCall.this) {
        RemoteCall.this.notifyAll();
      }
    }
  }

  /** Does a call of one request and one response. */
  static <Q, R> R unary(
      SidecarConnection connection, MethodDescriptor<Q, R> method, Q request, AbortCheck abort)
      throws IOException {
    Duration limit = connection.config().connectDeadline();
    try (RemoteCall<Q, R> call = new RemoteCall<>(connection, method, abort)) {
      call.sendLast(request);
      R response = call.next(limit);
      call.requireEnd(limit);
      return response;
    }
  }

  /**
   * Sends a message if the transport takes it now.
   *
   * @return whether it did
   */
  boolean trySend(Q message) {
    if (!call.isReady()) {
      return false;
    }
    call.sendMessage(message);
    return true;
  }

  /**
   * Sends a message, waiting until the transport takes it.
   *
   * @throws SidecarException if it takes too long or the call has ended
   */
  void send(Q message, Duration limit) throws IOException {
    long start = System.nanoTime();
    while (!trySend(message)) {
      requireOpen();
      requireTime(start, limit);
      step();
    }
  }

  /** Sends the only or last message; it may wait in memory for the connection. */
  void sendLast(Q message) {
    call.sendMessage(message);
    call.halfClose();
  }

  /** Says that no message follows. */
  void halfClose() {
    call.halfClose();
  }

  /**
   * Returns the next response if one is there, else null.
   *
   * @throws SidecarException if the call has failed
   */
  @Nullable R poll() throws SidecarException {
    synchronized (this) {
      R message = inbox.poll();
      if (message != null) {
        call.request(1);
        return message;
      }
    }
    hasEnded();
    return null;
  }

  /**
   * Waits for the next response.
   *
   * @throws SidecarException if it takes too long, or the call ends without one
   */
  R next(Duration limit) throws IOException {
    long start = System.nanoTime();
    while (true) {
      R message = poll();
      if (message != null) {
        return message;
      }
      requireOpen();
      requireTime(start, limit);
      step();
    }
  }

  /**
   * Waits for the end of the call.
   *
   * @throws SidecarException if it takes too long, another message comes, or the call fails
   */
  void requireEnd(Duration limit) throws IOException {
    long start = System.nanoTime();
    while (true) {
      if (poll() != null) {
        throw SidecarException.invalid("answer has more messages than it should");
      }
      if (hasEnded()) {
        return;
      }
      requireTime(start, limit);
      step();
    }
  }

  /** Waits a short while for anything to happen, and asks whether to go on. */
  @SuppressWarnings("WaitNotInLoop") // one step of the callers' loops
  void step() throws IOException {
    abort.check();
    synchronized (this) {
      if (!inbox.isEmpty() || end != null) {
        return;
      }
      try {
        wait(STEP_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while waiting for the sidecar");
      }
    }
    abort.check();
  }

  private static void requireTime(long startNanos, Duration limit) throws SidecarException {
    if (System.nanoTime() - startNanos > limit.toNanos()) {
      throw new SidecarException(
          SidecarException.Reason.TIMEOUT, "sidecar was silent for " + limit);
    }
  }

  /**
   * Returns whether the call has ended and has no more responses. Whether it failed is told by the
   * same look: between two it may end.
   *
   * @throws SidecarException if it has failed
   */
  private boolean hasEnded() throws SidecarException {
    Status status;
    synchronized (this) {
      status = inbox.isEmpty() ? end : null;
    }
    if (status != null && !status.isOk()) {
      throw StatusReader.toException(status);
    }
    return status != null;
  }

  /**
   * Checks that the call goes on.
   *
   * @throws SidecarException if it has failed, or ended and has no more responses
   */
  void requireOpen() throws SidecarException {
    if (hasEnded()) {
      throw SidecarException.invalid("answer ended too early");
    }
  }

  @Override
  public void close() {
    boolean running;
    synchronized (this) {
      running = end == null;
    }
    if (running) {
      call.cancel("caller does not want the rest", null);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

import com.google.protobuf.MessageLite;
import io.github.luceneivf.server.config.ServerConfig.Times;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;

/**
 * A call whose client sends a stream: a header, what the header announces, and an end.
 *
 * <p>It has a place in a {@link CallRoom} from its first moment to its last, whoever ends it. While
 * messages arrive, the call's serial callbacks, the timer and others may end it, and whoever
 * {@linkplain #close() closes} it first tells the client. Once it is {@linkplain #handOver handed
 * over} to a thread of the room, only that thread does; others {@linkplain #interrupt interrupt}
 * it. Whatever is thrown ends the call with a status and gives the place back, errors as well.
 *
 * @param <Q> request
 * @param <R> response
 */
public abstract class InboundStream<Q extends MessageLite, R> implements StreamObserver<Q> {

  /** Client of the call. Not to be used by two threads at a time: see above. */
  protected final ServerCallStreamObserver<R> client;

  private final CallRoom room;
  private final CallRoom.Place place;
  private final PaceTimer timer;
  private int messages;
  private boolean complete;
  private volatile boolean stopped;
  private State state = State.ARRIVING;

  private enum State {
    ARRIVING,
    WORKING,
    CLOSED
  }

  /** What is done by a thread of the room. */
  @FunctionalInterface
  protected interface Work {
    /** Does it, and closes the stream. */
    void run() throws IOException;
  }

  /**
   * Takes a place; to be called before the service's method returns.
   *
   * @param client as gRPC gave it to the service
   * @throws RequestException if there is none
   */
  protected InboundStream(CallRoom room, StreamObserver<R> client) {
    this.room = room;
    this.client = (ServerCallStreamObserver<R>) client;
    this.place = room.enter();
    this.timer =
        PaceTimer.start(
            room.timer(), new Pace("header must come", room.times().firstByte()), this::late);
    this.client.setOnCancelHandler(this::cancel);
    this.client.setOnCloseHandler(this::cancel); // gRPC ends calls by itself where it cannot go on
  }

  /** Returns whether a message is a header. */
  protected abstract boolean isHeader(Q message);

  /** Takes a message; the first one is a header, the others are not. */
  protected abstract void receive(Q message);

  /** Returns what is sent after the header, for messages. */
  protected abstract String content();

  /** Returns what must come before the client says that nothing follows, for messages. */
  protected abstract String lastMessage();

  /**
   * Makes the thread fail that the stream was handed over to; it may run already or not yet.
   *
   * @param cause an unchecked exception or an error
   */
  protected void interrupt(Throwable cause) {}

  /**
   * Lets go of what the stream holds. Called by whoever closes it, and again where a message was
   * being taken meanwhile, which may have brought something more.
   */
  protected void release() {}

  @Override
  public final void onNext(Q message) {
    if (stopped || isClosed()) {
      return;
    }
    try {
      messages++;
      keepTime(message.getSerializedSize());
      if (messages == 1 && !isHeader(message)) {
        throw RequestException.invalid("header must be the first message");
      }
      if (messages > 1 && isHeader(message)) {
        throw RequestException.invalid("header must be the first message, got another");
      }
      receive(message);
    } catch (RuntimeException | Error e) {
      fail(e);
    } finally {
      if (isClosed()) {
        release();
      }
    }
  }

  /** Until the first of what the header announces is here, memory is held for nothing. */
  private void keepTime(int bytes) {
    if (!isArriving()) {
      return; // whoever it was handed over to does
    }
    if (messages <= 2) {
      Times times = room.times();
      timer.follow(
          new Pace(content() + " must come", messages == 1 ? times.firstByte() : times.idle()));
    }
    timer.moved(bytes);
  }

  @Override
  public final void onCompleted() {
    if (!complete && !stopped) {
      fail(RequestException.invalid(lastMessage()));
    }
  }

  @Override
  public final void onError(Throwable t) {
    cancel();
  }

  /** Reserves memory for the stream, in place of what it had. */
  protected final void reserve(long bytes) {
    place.reserve(bytes);
  }

  /** Notes that all has come that must come. */
  protected final void completed() {
    complete = true;
  }

  /** Has a thread of the room do the rest, unless the stream has ended. */
  protected final void handOver(Work work) {
    synchronized (this) {
      if (state != State.ARRIVING) {
        return;
      }
      state = State.WORKING;
    }
    timer.close();
    try {
      room.work().execute(() -> run(work));
    } catch (RuntimeException | Error e) {
      end(e);
    }
  }

  private void run(Work work) {
    try {
      work.run();
    } catch (IOException | RuntimeException | Error e) {
      end(e);
    }
  }

  private void end(Throwable failure) {
    if (close()) {
      tell(failure);
    }
  }

  private void tell(Throwable failure) {
    if (!client.isCancelled()) {
      client.onError(StatusMapper.toStatus(failure));
    }
  }

  /**
   * Ends the stream with a failure, from any thread.
   *
   * @param failure an unchecked exception or an error
   */
  protected final void fail(Throwable failure) {
    if (stop(failure)) {
      tell(failure);
    }
  }

  /** Ends the stream of a client that is too slow. */
  protected void late(RequestException cause) {
    fail(cause);
  }

  private void cancel() {
    stop(RequestException.cancelled("call was cancelled"));
  }

  /** Closes the stream, or leaves that to the thread that it was handed over to. */
  private boolean stop(Throwable failure) {
    State before;
    stopped = true; // what still comes is not looked at
    synchronized (this) {
      before = state;
      if (before == State.ARRIVING) {
        state = State.CLOSED;
      }
    }
    switch (before) {
      case ARRIVING -> letGo();
      case WORKING -> interrupt(failure);
      case CLOSED -> {}
    }
    return before == State.ARRIVING;
  }

  /**
   * Ends the stream and gives its place back; the client is still to be told. Called by the thread
   * that it was handed over to, or where it never is.
   *
   * @return whether it had not ended
   */
  protected final boolean close() {
    synchronized (this) {
      if (state == State.CLOSED) {
        return false;
      }
      state = State.CLOSED;
    }
    letGo();
    return true;
  }

  private void letGo() {
    timer.close();
    try {
      release();
    } finally {
      place.close();
    }
  }

  private synchronized boolean isArriving() {
    return state == State.ARRIVING;
  }

  /** Returns whether the stream has ended. */
  protected final synchronized boolean isClosed() {
    return state == State.CLOSED;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

import io.grpc.Context;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Ends calls of one request and one response whose client set no deadline, when they take too long:
 * a request that never comes to its end must not be held for ever. Streams have limits of their
 * own. Thread-safe.
 */
public final class UnaryDeadline implements ServerInterceptor {

  private final Duration limit;
  private final ScheduledExecutorService timer;

  /**
   * Creates the interceptor.
   *
   * @param limit longest time of a call without a deadline
   * @param timer closed by the caller
   */
  public UnaryDeadline(Duration limit, ScheduledExecutorService timer) {
    this.limit = limit;
    this.timer = timer;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (call.getMethodDescriptor().getType() != MethodDescriptor.MethodType.UNARY
        || Context.current().getDeadline() != null) {
      return next.startCall(call, headers);
    }
    LimitedCall<Q, R> limited = new LimitedCall<>(call, limit);
    Future<?> end = timer.schedule(limited::expire, limit.toNanos(), TimeUnit.NANOSECONDS);
    limited.onClose(end);
    return next.startCall(limited, headers);
  }

  /** A call that two threads may end; the first one does. */
  private static final class LimitedCall<Q, R> extends SimpleForwardingServerCall<Q, R> {

    private final Duration limit;
    private Runnable onClose = () -> {};
    private boolean closed;

    LimitedCall(ServerCall<Q, R> call, Duration limit) {
      super(call);
      this.limit = limit;
    }

    synchronized void onClose(Future<?> timeout) {
      onClose = () -> timeout.cancel(false);
    }

    synchronized void expire() {
      if (!closed) {
        closed = true;
        delegate()
            .close(
                StatusMapper.toStatus(RequestException.idle("call must end within " + limit))
                    .getStatus(),
                new Metadata());
      }
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (!closed) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void sendMessage(R message) {
      if (!closed) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!closed) {
        closed = true;
        onClose.run();
        super.close(status, trailers);
      }
    }
  }
}

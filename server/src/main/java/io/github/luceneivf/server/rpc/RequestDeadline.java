// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Ends calls of one request that take too long, whatever deadline their client has set: a request
 * that never comes to its end must not be held for ever. Where many responses follow, the request
 * alone is limited; streams have limits of their own. Thread-safe.
 */
public final class RequestDeadline implements ServerInterceptor {

  private final Duration limit;
  private final ScheduledExecutorService timer;

  /**
   * Creates the interceptor.
   *
   * @param limit longest time of a call, or of its request where many responses follow
   * @param timer closed by the caller
   */
  public RequestDeadline(Duration limit, ScheduledExecutorService timer) {
    this.limit = limit;
    this.timer = timer;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    MethodType type = call.getMethodDescriptor().getType();
    if (!type.clientSendsOneMessage()) {
      return next.startCall(call, headers);
    }
    SharedCall<Q, R> shared = new SharedCall<>(call);
    Future<?> end =
        timer.schedule(
            () -> shared.end(RequestException.idle("call must end within " + limit)),
            limit.toNanos(),
            TimeUnit.NANOSECONDS);
    return new SimpleForwardingServerCallListener<>(next.startCall(shared, headers)) {
      @Override
      public void onHalfClose() {
        if (!type.serverSendsOneMessage()) {
          end.cancel(false);
        }
        super.onHalfClose();
      }

      @Override
      public void onCancel() {
        end.cancel(false);
        super.onCancel();
      }

      @Override
      public void onComplete() {
        end.cancel(false);
        super.onComplete();
      }
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/**
 * Ends calls whose handling throws, with the status for it: otherwise gRPC says {@code UNKNOWN}.
 * The service hears of it as of a cancelled call, and lets go of what it holds. So services throw
 * what they refuse a call for; only what is done on other threads tells its client itself.
 * Thread-safe.
 */
public final class FailedCalls implements ServerInterceptor {

  /** Creates the interceptor. */
  public FailedCalls() {}

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    SharedCall<Q, R> shared = new SharedCall<>(call);
    ServerCall.Listener<Q> listener;
    try {
      listener = next.startCall(shared, headers);
    } catch (RuntimeException | Error e) {
      shared.end(e);
      return new ServerCall.Listener<>() {};
    }
    return new Guarded<>(shared, listener);
  }

  /** Callbacks are serial, so what one of them notes the next one sees. */
  private static final class Guarded<Q> extends SimpleForwardingServerCallListener<Q> {
    private final SharedCall<Q, ?> call;
    private boolean failed;

    Guarded(SharedCall<Q, ?> call, ServerCall.Listener<Q> listener) {
      super(listener);
      this.call = call;
    }

    private void run(Runnable callback) {
      if (failed) {
        return;
      }
      try {
        callback.run();
      } catch (RuntimeException | Error e) {
        failed = true;
        call.end(e);
        delegate().onCancel();
      }
    }

    @Override
    public void onMessage(Q message) {
      run(() -> super.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      run(super::onHalfClose);
    }

    @Override
    public void onCancel() {
      run(super::onCancel);
    }

    @Override
    public void onComplete() {
      run(super::onComplete);
    }

    @Override
    public void onReady() {
      run(super::onReady);
    }
  }
}

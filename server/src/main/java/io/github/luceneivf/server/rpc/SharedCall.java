// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * A call that two threads may end; the first one does, and what comes later is dropped.
 *
 * @param <Q> request
 * @param <R> response
 */
class SharedCall<Q, R> extends SimpleForwardingServerCall<Q, R> {

  private boolean closed;

  SharedCall(ServerCall<Q, R> call) {
    super(call);
  }

  /** Ends the call with a failure, unless it has ended. */
  final void end(Throwable failure) {
    StatusRuntimeException status = StatusMapper.toStatus(failure);
    Metadata trailers = status.getTrailers();
    close(status.getStatus(), trailers == null ? new Metadata() : trailers);
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
      super.close(status, trailers);
    }
  }
}

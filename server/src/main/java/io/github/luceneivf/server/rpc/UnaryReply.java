// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

import io.grpc.stub.StreamObserver;
import java.io.IOException;

/** Replies of one message. Stateless. */
public final class UnaryReply {

  private UnaryReply() {}

  /**
   * Makes a reply.
   *
   * @param <T> its type
   */
  @FunctionalInterface
  public interface Work<T> {
    /** Does it. */
    T run() throws IOException;
  }

  /** Sends what some work gives, or the status for what it throws. */
  public static <T> void send(StreamObserver<T> client, Work<T> work) {
    T response;
    try {
      response = work.run();
    } catch (IOException | RuntimeException | Error e) {
      // An Error too: whoever waits for an answer must get one.
      client.onError(StatusMapper.toStatus(e));
      return;
    }
    client.onNext(response);
    client.onCompleted();
  }
}

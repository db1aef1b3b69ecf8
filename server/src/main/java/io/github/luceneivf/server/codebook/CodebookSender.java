// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.wire.CodebookChunks;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends a header and the bytes of a codebook, as fast as the client takes them. Thread-safe.
 *
 * @param <T> message
 */
final class CodebookSender<T> {

  private final ServerCallStreamObserver<T> client;
  private final Function<CodebookChunk, T> message;
  private @Nullable T header;
  private byte[] bytes = {};
  private int sent;
  private boolean begun;
  private boolean ended;

  /**
   * Creates a sender that has nothing to send yet.
   *
   * @param message wraps a chunk
   */
  CodebookSender(ServerCallStreamObserver<T> client, Function<CodebookChunk, T> message) {
    this.client = client;
    this.message = message;
  }

  /**
   * Begins to send.
   *
   * @param header first message
   * @param bytes what follows, not to be modified any more
   * @return bytes that were sent
   */
  synchronized long begin(T header, byte[] bytes) {
    this.header = header;
    this.bytes = bytes;
    begun = true;
    return send();
  }

  /** Sends what the client can take, and returns how many bytes. */
  synchronized long send() {
    int before = sent;
    while (begun && !ended && client.isReady()) {
      T first = header;
      if (first != null) {
        client.onNext(first);
        header = null;
      } else if (sent < bytes.length) {
        CodebookChunk chunk = CodebookChunks.at(bytes, sent, Limits.CHUNK_BYTES);
        sent += chunk.getData().size();
        client.onNext(message.apply(chunk));
      } else {
        ended = true;
        client.onCompleted();
      }
    }
    return sent - before;
  }

  /** Sends nothing more. */
  synchronized void stop() {
    ended = true;
    bytes = new byte[0];
  }
}

package io.github.luceneivf.client;

import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.EncodedSink;
import io.github.luceneivf.codebook.VectorEncoder;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;

/**
 * Lets the sidecar assign and encode. Codes are checked before the sink sees them, but a stream can
 * still fail after some of them were handed on. Thread-safe; the calling thread does the waiting.
 */
public final class RemoteVectorEncoder implements VectorEncoder {

  private final SidecarConnection connection;

  /** Creates an encoder; the connection is closed by its owner. */
  public RemoteVectorEncoder(SidecarConnection connection) {
    this.connection = connection;
  }

  /**
   * {@inheritDoc}
   *
   * @throws SidecarException if the sidecar did not do it; then, and only then, another way may be
   *     tried after {@link EncodedSink#restart()}
   */
  @Override
  public void encode(
      Codebook codebook,
      Encoding encoding,
      VectorSource vectors,
      EncodedSink sink,
      AbortCheck abort)
      throws IOException {
    if (vectors.dim() != codebook.dim()) {
      throw new IllegalArgumentException(
          "dim must be " + codebook.dim() + " as in the codebook, got: " + vectors.dim());
    }
    abort.check();
    EncodeSession.Task task = new EncodeSession.Task(codebook, encoding, vectors, sink);
    Guard.run(
        connection,
        () -> {
          if (!connection.knows(codebook.id()) || !runWithKnownCodebook(task, abort)) {
            try (EncodeSession session = new EncodeSession(connection, task, abort)) {
              session.open(codebook.toBytes());
              session.run();
            }
            connection.remember(codebook.id());
          }
          return true;
        });
  }

  /** Returns false if the sidecar has forgotten the codebook; no vector was read then. */
  private boolean runWithKnownCodebook(EncodeSession.Task task, AbortCheck abort)
      throws IOException {
    try (EncodeSession session = new EncodeSession(connection, task, abort)) {
      try {
        session.open(new byte[0]);
      } catch (SidecarException e) {
        if (e.reason() != SidecarException.Reason.NOT_FOUND) {
          throw e;
        }
        connection.forget(task.codebook().id());
        return false;
      }
      session.run();
      return true;
    }
  }

  @Override
  public boolean isRemote() {
    return true;
  }
}

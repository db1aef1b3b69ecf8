// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.EncodedSink;
import io.github.luceneivf.codebook.VectorEncoder;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Lets the sidecar assign and encode. Codes are checked before the sink sees them, but a stream can
 * still fail after some of them were handed on. Thread-safe; the calling thread does the waiting.
 */
public final class RemoteVectorEncoder implements VectorEncoder {

  private static final System.Logger LOG = System.getLogger(RemoteVectorEncoder.class.getName());

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
    Optional<Path> handoff = connection.config().handoff();
    if (handoff.isPresent() && handOver(handoff.get(), codebook, encoding, vectors, sink, abort)) {
      return;
    }
    encode(new EncodeSession.Task(codebook, encoding, vectors, sink, Optional.empty()), abort);
  }

  private void encode(EncodeSession.Task task, AbortCheck abort) throws IOException {
    Codebook codebook = task.codebook();
    connection.run(() -> {
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

  /** Returns false if the sidecar does not take the file; no code was handed on then. */
  private boolean handOver(
      Path directory,
      Codebook codebook,
      Encoding encoding,
      VectorSource vectors,
      EncodedSink sink,
      AbortCheck abort)
      throws IOException {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (HandoffFile file =
        HandoffFile.write(directory, vectors, connection.config().chunkBytes(), abort)) {
      EncodeSession.Task task =
          new EncodeSession.Task(codebook, encoding, vectors, sink, Optional.of(file));
      encode(task, abort);
      return true;
    } catch (SidecarException e) {
      if (e.reason() != SidecarException.Reason.REFUSED || e.isBusy()) {
        throw e;
      }
      LOG.log(System.Logger.Level.WARNING, "vectors are sent, not handed over: " + e.getMessage());
      sink.restart();
      return false;
    }
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
}

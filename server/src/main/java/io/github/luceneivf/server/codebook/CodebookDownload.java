// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.server.rpc.Admissions;
import io.github.luceneivf.server.rpc.IdleTimer;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.server.rpc.StatusMapper;
import io.github.luceneivf.server.storage.DamagedFileException;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a codebook from disk and sends it, as fast as the client takes it. Thread-safe.
 *
 * @param <T> message
 */
public final class CodebookDownload<T> {

  private final Transfers transfers;
  private final ServerCallStreamObserver<T> client;
  private final CodebookSender<T> sender;
  private final IdleTimer idle;
  private Admissions.@Nullable Admission admission;
  private boolean closed;

  /**
   * What is to be sent.
   *
   * @param <T> message
   */
  @FunctionalInterface
  public interface Source<T> {
    /** Looks it up. */
    Found<T> find() throws IOException;
  }

  /**
   * Reads what was found.
   *
   * @param <T> message
   */
  @FunctionalInterface
  public interface Reader<T> {
    /** Reads it. */
    Content<T> read() throws IOException;
  }

  /**
   * What was found.
   *
   * @param <T> message
   * @param bytes memory that reading it takes
   * @param reader reads it
   */
  public record Found<T>(long bytes, Reader<T> reader) {}

  /**
   * What is sent.
   *
   * @param <T> message
   * @param header first message
   * @param codebook bytes that follow, handed over
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  public record Content<T>(T header, byte[] codebook) {}

  /**
   * Prepares a download; to be called before the service's method returns.
   *
   * @param message wraps a chunk
   */
  public CodebookDownload(
      Transfers transfers, ServerCallStreamObserver<T> client, Function<CodebookChunk, T> message) {
    this.transfers = transfers;
    this.client = client;
    this.sender = new CodebookSender<>(client, message);
    this.idle =
        IdleTimer.start(
            transfers.timer(),
            transfers.idle(),
            () -> fail(RequestException.idle("codebook must be taken within " + transfers.idle())));
    client.setOnReadyHandler(this::wake);
    client.setOnCancelHandler(this::close);
    client.setOnCloseHandler(this::close);
  }

  private void wake() {
    idle.touch();
    sender.send();
  }

  /** Looks the codebook up and sends it, from the disk's thread on. */
  public void start(Source<T> source) {
    transfers.disk().execute(() -> run(source));
  }

  private void run(Source<T> source) {
    try {
      Found<T> found = source.find();
      if (admit(found.bytes)) {
        Content<T> content = found.reader.read();
        sender.begin(content.header, content.codebook);
      }
    } catch (DamagedFileException e) {
      fail(RequestException.damaged("codebook is damaged: " + e.getMessage()));
    } catch (IOException | RuntimeException | Error e) {
      // An Error too: what the call held is free again, and its client is told.
      fail(e);
    }
  }

  private boolean admit(long bytes) {
    Admissions.Admission room = transfers.admit(bytes);
    synchronized (this) {
      if (closed) {
        room.close();
        return false;
      }
      admission = room;
      return true;
    }
  }

  private void fail(Throwable failure) {
    if (close()) {
      client.onError(StatusMapper.toStatus(failure));
    }
  }

  private boolean close() {
    synchronized (this) {
      if (closed) {
        return false;
      }
      closed = true;
      if (admission != null) {
        admission.close();
      }
    }
    idle.close();
    sender.stop();
    return true;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.rpc.CallRoom;
import io.github.luceneivf.server.rpc.Pace;
import io.github.luceneivf.server.rpc.PaceTimer;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.server.rpc.StatusMapper;
import io.github.luceneivf.server.storage.DamagedFileException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a codebook from disk and sends it, as fast as the client takes it. Thread-safe.
 *
 * @param <T> message
 */
public final class CodebookDownload<T> {

  private final CallRoom room;
  private final CallRoom.Place place;
  private final ServerCallStreamObserver<T> client;
  private final CodebookSender<T> sender;
  private @Nullable PaceTimer timer;
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

  private CodebookDownload(
      CallRoom room, ServerCallStreamObserver<T> client, Function<CodebookChunk, T> message) {
    this.room = room;
    this.place = room.enter();
    this.client = client;
    this.sender = new CodebookSender<>(client, message);
    client.setOnReadyHandler(this::send);
    client.setOnCancelHandler(this::close);
    client.setOnCloseHandler(this::close);
  }

  /**
   * Starts a download; to be called before the service's method returns. The codebook is looked up
   * and read by a thread of the room, which may wait for the disk.
   *
   * @param message wraps a chunk
   */
  public static <T> void start(
      CallRoom room,
      StreamObserver<T> client,
      Function<CodebookChunk, T> message,
      Source<T> source) {
    CodebookDownload<T> download =
        new CodebookDownload<>(room, (ServerCallStreamObserver<T>) client, message);
    room.work().execute(() -> download.run(source));
  }

  private void run(Source<T> source) {
    try {
      Found<T> found = source.find();
      // What is read, and what is on its way.
      place.reserve(found.bytes + 2L * Limits.CHUNK_BYTES);
      Content<T> content = found.reader.read();
      if (keepTime()) {
        moved(sender.begin(content.header, content.codebook));
      }
    } catch (DamagedFileException e) {
      fail(RequestException.damaged("codebook is damaged: " + e.getMessage()));
    } catch (IOException | RuntimeException | Error e) {
      // An Error too: what the call held is free again, and its client is told.
      fail(e);
    }
  }

  private synchronized boolean keepTime() {
    if (!closed) {
      Pace pace = new Pace("codebook must be taken", room.times().idle());
      timer = PaceTimer.start(room.timer(), pace, this::fail);
    }
    return !closed;
  }

  private void send() {
    try {
      moved(sender.send());
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private synchronized void moved(long bytes) {
    if (timer != null && !closed) {
      timer.moved(bytes);
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
      if (timer != null) {
        timer.close();
      }
    }
    sender.stop();
    place.close();
    return true;
  }
}

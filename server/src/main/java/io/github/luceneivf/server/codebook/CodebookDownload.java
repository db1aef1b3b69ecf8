package io.github.luceneivf.server.codebook;

import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.proto.v1.FetchCodebookRequest;
import io.github.luceneivf.proto.v1.FetchCodebookResponse;
import io.github.luceneivf.proto.v1.FetchHeader;
import io.github.luceneivf.proto.v1.ProtocolVersion;
import io.github.luceneivf.server.rpc.IdleTimer;
import io.github.luceneivf.server.rpc.ProtocolCheck;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.server.rpc.StatusMapper;
import io.github.luceneivf.server.storage.DamagedFileException;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sends a codebook from disk. Thread-safe. */
final class CodebookDownload {

  private static final byte[] NOTHING = {};

  private final CodebookStore store;
  private final Transfers transfers;
  private final ServerCallStreamObserver<FetchCodebookResponse> client;
  private final CodebookSender<FetchCodebookResponse> sender;
  private final IdleTimer idle;
  private Transfers.@Nullable Admission admission;
  private boolean closed;

  CodebookDownload(
      CodebookStore store,
      Transfers transfers,
      ServerCallStreamObserver<FetchCodebookResponse> client) {
    this.store = store;
    this.transfers = transfers;
    this.client = client;
    this.sender =
        new CodebookSender<>(
            client, chunk -> FetchCodebookResponse.newBuilder().setChunk(chunk).build());
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

  /** Looks the codebook up and begins to send it. */
  void start(FetchCodebookRequest request) {
    transfers.disk().execute(() -> run(request));
  }

  private void run(FetchCodebookRequest request) {
    try {
      StoredCodebook found = find(request);
      if (request.getKnownId().size() == CodebookId.BYTES
          && found.id().equals(CodebookId.of(request.getKnownId().toByteArray()))) {
        sender.begin(unchanged(found), NOTHING);
        return;
      }
      if (!admit(found.summary().getSizeBytes())) {
        return;
      }
      StoredCodebook.Content content = read(found);
      sender.begin(
          FetchCodebookResponse.newBuilder()
              .setHeader(
                  content.header().toBuilder()
                      .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1))
              .build(),
          content.codebook());
    } catch (IOException | RuntimeException e) {
      fail(e);
    } catch (OutOfMemoryError e) {
      // The estimate was too low. What the call held is free again; the server lives on.
      fail(e);
    }
  }

  private StoredCodebook find(FetchCodebookRequest request) {
    ProtocolCheck.require(request.getProtocolVersionValue());
    FieldName name = new FieldName(request.getIndex(), request.getField());
    FieldCodebooks field =
        store
            .field(name)
            .orElseThrow(() -> RequestException.notFound("no codebook of " + name + " found"));
    Optional<StoredCodebook> found =
        switch (request.getWhichCase()) {
          case VERSION -> field.version(request.getVersion());
          case ID -> {
            RequestException.requireRange(
                "id bytes", request.getId().size(), CodebookId.BYTES, CodebookId.BYTES);
            yield field.id(CodebookId.of(request.getId().toByteArray()));
          }
          case WHICH_NOT_SET -> field.latest();
        };
    return found.orElseThrow(() -> RequestException.notFound("codebook of " + name + " not found"));
  }

  private static FetchCodebookResponse unchanged(StoredCodebook found) {
    return FetchCodebookResponse.newBuilder()
        .setHeader(
            FetchHeader.newBuilder()
                .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
                .setCodebook(found.summary())
                .setUnchanged(true))
        .build();
  }

  private static StoredCodebook.Content read(StoredCodebook found) throws IOException {
    try {
      return found.read();
    } catch (DamagedFileException e) {
      throw RequestException.damaged(
          "codebook version " + found.version() + " is damaged: " + e.getMessage());
    }
  }

  private boolean admit(long bytes) {
    Transfers.Admission room = transfers.admit(bytes);
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

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import com.google.protobuf.ByteString;
import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.EncodedSink;
import io.github.luceneivf.proto.v1.AssignAndEncodeRequest;
import io.github.luceneivf.proto.v1.AssignAndEncodeResponse;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.EncodeAccepted;
import io.github.luceneivf.proto.v1.EncodeEnd;
import io.github.luceneivf.proto.v1.EncodeHeader;
import io.github.luceneivf.proto.v1.MergeServiceGrpc;
import io.github.luceneivf.proto.v1.ProtocolVersion;
import io.github.luceneivf.proto.v1.VectorChunk;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.CodebookChunks;
import io.github.luceneivf.wire.CodebookRefs;
import io.github.luceneivf.wire.FloatBytes;
import io.github.luceneivf.wire.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One encode stream. While the transport does not take vectors, codes are taken, so that neither
 * side waits for the other with full hands. Confined to the thread that encodes.
 */
final class EncodeSession implements AutoCloseable {

  /**
   * What is encoded.
   *
   * @param codebook codebook
   * @param encoding encoding
   * @param vectors vectors of the codebook's dimension
   * @param sink receives checked codes
   * @param file holds the vectors, if they are not sent
   */
  record Task(
      Codebook codebook,
      Encoding encoding,
      VectorSource vectors,
      EncodedSink sink,
      Optional<HandoffFile> file) {}

  private final RemoteConfig config;
  private final Task task;
  private final RemoteCall<AssignAndEncodeRequest, AssignAndEncodeResponse> call;
  private final CodeReader codes;
  private final ThroughputDeadline deadline;
  private final CRC32C whole = new CRC32C();
  private int chunkBytes;
  private int sent;
  private @Nullable SidecarException failure;

  EncodeSession(SidecarConnection connection, Task task, AbortCheck abort) {
    this.config = connection.config();
    this.task = task;
    this.codes = new CodeReader(task.codebook(), task.encoding(), task.sink());
    this.deadline = new ThroughputDeadline(config, System::nanoTime);
    this.call = new RemoteCall<>(connection, MergeServiceGrpc.getAssignAndEncodeMethod(), abort);
  }

  /**
   * Sends the header and the codebook, and waits until the sidecar accepts.
   *
   * @param codebook binary form; empty if the sidecar should have it
   * @throws SidecarException with {@code NOT_FOUND} if it does not have it
   */
  void open(byte[] codebook) throws IOException {
    Duration silence = config.silenceDeadline();
    int dim = task.codebook().dim();
    EncodeHeader.Builder header =
        EncodeHeader.newBuilder()
            .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
            .setEncodingValue(task.encoding().wireId())
            .setDim(dim)
            .setCount(task.vectors().size())
            .setCodebookId(CodebookRefs.bytes(task.codebook().id()))
            .setCodebookBytes(codebook.length);
    task.file()
        .ifPresent(file -> header.setHandoffFile(file.name()).setHandoffCrc32C(file.crc32c()));
    call.send(AssignAndEncodeRequest.newBuilder().setHeader(header).build(), silence);
    for (CodebookChunk chunk : CodebookChunks.of(codebook, config.chunkBytes())) {
      call.send(AssignAndEncodeRequest.newBuilder().setCodebook(chunk).build(), silence);
    }
    accept(call.next(silence));
  }

  private void accept(AssignAndEncodeResponse response) throws SidecarException {
    EncodeAccepted accepted = response.getAccepted();
    if (!response.hasAccepted()
        || accepted.getProtocolVersion() != ProtocolVersion.PROTOCOL_VERSION_1) {
      throw SidecarException.invalid(
          "first message must be accepted with version 1, got: "
              + response.getMessageCase()
              + " with version "
              + accepted.getProtocolVersionValue());
    }
    // A file with another's name on the server would give codes of another codebook, all intact.
    SidecarException.requireSame(
        "codebook_id",
        task.codebook().id(),
        CodebookRefs.id("codebook_id", accepted.getCodebookId()));
    int recordBytes = task.encoding().recordBytes(task.codebook().dim());
    if (accepted.getRecordBytes() != recordBytes) {
      throw SidecarException.invalid(
          "record_bytes must be " + recordBytes + ", got: " + accepted.getRecordBytes());
    }
    int vectorBytes = task.codebook().dim() * Float.BYTES;
    chunkBytes = Math.min(config.chunkBytes(), accepted.getMaxChunkBytes());
    if (chunkBytes < vectorBytes) {
      throw SidecarException.invalid(
          "max_chunk_bytes must be at least "
              + vectorBytes
              + ", got: "
              + accepted.getMaxChunkBytes());
    }
  }

  /** Sends all vectors and hands all codes on. */
  void run() throws IOException {
    if (task.file().isPresent()) {
      sent = task.vectors().size();
      call.halfClose();
      awaitSummary();
      return;
    }
    int perChunk = chunkBytes / (task.codebook().dim() * Float.BYTES);
    try {
      task.vectors().forEachBatch(perChunk, (rows, firstOrd, count) -> push(rows, count));
    } catch (IOException e) {
      // A source may wrap what came out of push; what the sidecar did wrong must stay visible.
      throw failure == null ? e : failure;
    }
    EncodeEnd end = EncodeEnd.newBuilder().setCount(sent).setCrc32C((int) whole.getValue()).build();
    push(AssignAndEncodeRequest.newBuilder().setEnd(end).build());
    call.halfClose();
    awaitSummary();
  }

  private void push(float[] rows, int count) throws IOException {
    ByteString vectors = FloatBytes.toBytes(rows, 0, count * task.codebook().dim());
    Checksums.update(whole, vectors);
    VectorChunk chunk =
        VectorChunk.newBuilder()
            .setFirstOrd(sent)
            .setVectors(vectors)
            .setCrc32C(Checksums.crc32c(vectors))
            .build();
    sent += count;
    try {
      push(AssignAndEncodeRequest.newBuilder().setVectors(chunk).build());
    } catch (SidecarException e) {
      failure = e;
      throw e;
    } catch (WireException e) {
      failure = SidecarException.invalid(e);
      throw failure;
    }
  }

  private void push(AssignAndEncodeRequest message) throws IOException {
    takeCodes();
    while (!call.trySend(message)) {
      await();
      takeCodes();
    }
  }

  private void takeCodes() throws IOException {
    while (true) {
      AssignAndEncodeResponse response = call.poll();
      if (response == null) {
        call.requireOpen();
        return;
      }
      take(response);
    }
  }

  private void take(AssignAndEncodeResponse response) throws IOException {
    if (response.hasCopies()) {
      codes.accept(response.getCopies());
      deadline.advanced(0);
      return;
    }
    if (!response.hasCodes()) {
      throw SidecarException.invalid("codes must come next, got: " + response.getMessageCase());
    }
    int before = codes.received();
    codes.accept(response.getCodes(), sent);
    deadline.advanced((long) (codes.received() - before) * task.codebook().dim() * Float.BYTES);
  }

  private void awaitSummary() throws IOException {
    while (true) {
      AssignAndEncodeResponse response = call.poll();
      if (response == null) {
        call.requireOpen();
        await();
      } else if (response.hasSummary()) {
        codes.finish(response.getSummary(), sent);
        call.requireEnd(config.silenceDeadline());
        return;
      } else {
        take(response);
      }
    }
  }

  private void await() throws IOException {
    deadline.beginWait();
    call.step();
    deadline.endWait();
  }

  @Override
  public void close() {
    call.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import com.google.protobuf.ByteString;
import io.github.luceneivf.client.SidecarException.Reason;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.wire.Checksums;
import java.io.IOException;
import java.util.Arrays;

/**
 * Puts a codebook together from the sidecar's chunks and checks that it is the one announced. Not
 * thread-safe.
 */
final class ChunkedCodebook {

  /** Bytes allocated before any has come; more only for what does come. */
  private static final int FIRST_BYTES = 4 << 20;

  private final ByteString id;
  private final ByteString sha256;
  private final int size;
  private byte[] bytes;
  private int received;

  /**
   * Begins.
   *
   * @param id content hash announced
   * @param size bytes announced
   * @param sha256 hash of the bytes announced
   * @param most most bytes accepted
   * @throws SidecarException if what is announced cannot be right
   */
  ChunkedCodebook(ByteString id, long size, ByteString sha256, long most) throws SidecarException {
    if (size < 1 || size > Math.min(most, Integer.MAX_VALUE - 8L)) {
      throw SidecarException.invalid("codebook must have 1 to " + most + " bytes, got: " + size);
    }
    this.id = id;
    this.size = (int) size;
    this.sha256 = sha256;
    this.bytes = new byte[Math.min(this.size, FIRST_BYTES)];
  }

  /** Returns whether all bytes are there. */
  boolean isComplete() {
    return received == size;
  }

  /** Takes the next chunk. */
  void add(CodebookChunk chunk) throws SidecarException {
    ByteString data = chunk.getData();
    if (chunk.getOffset() != received || data.isEmpty() || data.size() > size - received) {
      throw SidecarException.invalid(
          "codebook chunk must lie in ["
              + received
              + ", "
              + size
              + "), got: "
              + chunk.getOffset()
              + " with "
              + data.size()
              + " bytes");
    }
    ChunkCheck.require("codebook", chunk.getCrc32C(), Checksums.crc32c(data));
    if (data.size() > bytes.length - received) {
      long grown = Math.max(2L * bytes.length, (long) received + data.size());
      bytes = Arrays.copyOf(bytes, (int) Math.min(grown, size));
    }
    data.copyTo(bytes, received);
    received += data.size();
  }

  /** Reads the codebook. */
  Codebook finish() throws SidecarException {
    if (!ByteString.copyFrom(Checksums.sha256().digest(bytes)).equals(sha256)) {
      throw SidecarException.invalid("sha256 of the codebook does not match");
    }
    Codebook codebook;
    try {
      codebook = Codebook.fromBytes(bytes);
    } catch (IOException e) {
      throw new SidecarException(Reason.INVALID_ANSWER, String.valueOf(e.getMessage()), e);
    }
    require("id", codebook.id(), id(id));
    return codebook;
  }

  private static CodebookId id(ByteString id) throws SidecarException {
    if (id.size() != CodebookId.BYTES) {
      throw SidecarException.invalid(
          "codebook id must have " + CodebookId.BYTES + " bytes, got: " + id.size());
    }
    return CodebookId.of(id.toByteArray());
  }

  static void require(String name, Object wanted, Object got) throws SidecarException {
    if (!wanted.equals(got)) {
      throw SidecarException.invalid("codebook " + name + " must be " + wanted + ", got: " + got);
    }
  }
}

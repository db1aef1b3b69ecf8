// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.wire;

import com.google.protobuf.ByteString;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.proto.v1.CodebookChunk;
import java.io.IOException;
import java.util.Arrays;

/**
 * A codebook put together from its chunks. Memory is taken for what has come, not for what was
 * announced. Not thread-safe; one per stream.
 */
public final class CodebookAssembler {

  /** Most bytes of a codebook: those of the largest array. */
  public static final int MAX_BYTES = Integer.MAX_VALUE - 8;

  /** Bytes allocated before any has come. */
  private static final int FIRST_BYTES = 4 << 20;

  private final int size;
  private byte[] bytes;
  private int received;

  /**
   * Begins a codebook.
   *
   * @param size bytes announced
   * @param most most bytes accepted
   * @throws WireException if none are announced, or more than are accepted
   */
  public CodebookAssembler(long size, long most) {
    if (size < 1 || size > Math.min(most, MAX_BYTES)) {
      throw new WireException("codebook must have 1 to " + most + " bytes, got: " + size);
    }
    this.size = (int) size;
    this.bytes = new byte[Math.min(this.size, FIRST_BYTES)];
  }

  /** Begins a codebook of a size that was checked before. */
  public CodebookAssembler(int size) {
    this(size, MAX_BYTES);
  }

  /**
   * Takes the next chunk.
   *
   * @throws WireException if it is damaged or not the next one
   */
  public void add(CodebookChunk chunk) {
    ByteString data = chunk.getData();
    ChunkCheck.verify("codebook", data, chunk.getCrc32C());
    if (chunk.getOffset() != received) {
      throw new WireException(
          "codebook offset must be " + received + ", got: " + chunk.getOffset());
    }
    if (data.size() > size - received) {
      throw new WireException(
          "codebook must have " + size + " bytes, got: " + ((long) received + data.size()));
    }
    if (data.size() > bytes.length - received) {
      long grown = Math.max(2L * bytes.length, (long) received + data.size());
      bytes = Arrays.copyOf(bytes, (int) Math.min(grown, size));
    }
    data.copyTo(bytes, received);
    received += data.size();
  }

  /** Returns whether all bytes are there. */
  public boolean isComplete() {
    return received == size;
  }

  /** Returns the bytes, shared, once all are there. */
  public byte[] bytes() {
    return bytes;
  }

  /**
   * Checks the hash of the bytes.
   *
   * @throws WireException if it is another
   */
  public void requireSha256(ByteString announced) {
    if (!CodebookChunks.sha256(bytes).equals(announced)) {
      throw new WireException("sha256 of the codebook does not match");
    }
  }

  /**
   * Reads the codebook, once all bytes are there.
   *
   * @param id content hash announced
   * @throws WireException if the bytes are no codebook, or another one
   */
  public Codebook read(CodebookId id) {
    Codebook codebook;
    try {
      codebook = Codebook.fromBytes(bytes);
    } catch (IOException e) {
      throw new WireException(String.valueOf(e.getMessage()), e);
    }
    if (!codebook.id().equals(id)) {
      throw new WireException("codebook_id must be " + codebook.id() + ", got: " + id);
    }
    return codebook;
  }
}

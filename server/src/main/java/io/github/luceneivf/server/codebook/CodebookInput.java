// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.rpc.ChunkCheck;
import io.github.luceneivf.server.rpc.RequestException;
import java.io.IOException;

/** Puts a codebook together from its chunks. Not thread-safe; one per stream. */
public final class CodebookInput {

  private final byte[] bytes;
  private int received;

  /** Creates the input of a codebook of a known size, whose memory the caller has reserved. */
  public CodebookInput(int size) {
    this.bytes = new byte[size];
  }

  /**
   * Takes the next chunk.
   *
   * @throws RequestException if it is damaged or not the next one
   */
  public void add(CodebookChunk chunk) {
    ChunkCheck.verify("codebook", chunk.getData(), chunk.getCrc32C());
    if (chunk.getOffset() != received) {
      throw RequestException.invalid(
          "codebook offset must be " + received + ", got: " + chunk.getOffset());
    }
    int size = chunk.getData().size();
    if (size > bytes.length - received) {
      throw RequestException.invalid(
          "codebook must have " + bytes.length + " bytes, got: " + ((long) received + size));
    }
    chunk.getData().copyTo(bytes, received);
    received += size;
  }

  /** Returns the bytes, shared, once all are there. */
  byte[] bytes() {
    return bytes;
  }

  /** Returns whether all bytes are there. */
  public boolean isComplete() {
    return received == bytes.length;
  }

  /**
   * Reads the codebook.
   *
   * @throws RequestException if the bytes are no codebook, another one, or one over a limit
   */
  public Codebook read(CodebookId id, Limits limits) {
    Codebook codebook;
    try {
      codebook = Codebook.fromBytes(bytes);
    } catch (IOException e) {
      throw RequestException.invalid(String.valueOf(e.getMessage()));
    }
    if (!codebook.id().equals(id)) {
      throw RequestException.invalid("codebook_id must be " + codebook.id() + ", got: " + id);
    }
    RequestException.requireRange("nlist", codebook.nlist(), 1, limits.maxNlist());
    RequestException.requireRange("dim", codebook.dim(), 1, limits.maxDims());
    return codebook;
  }
}

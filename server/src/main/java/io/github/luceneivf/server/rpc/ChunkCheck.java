// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

import com.google.protobuf.ByteString;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.wire.Checksums;

/** Holds received chunks against their sizes and checksums. Stateless. */
public final class ChunkCheck {

  private ChunkCheck() {}

  /**
   * Checks the size and the checksum of a chunk.
   *
   * @param name of the chunk's bytes
   * @throws RequestException if it is empty, too large, or damaged
   */
  public static void verify(String name, ByteString bytes, int crc32c) {
    RequestException.requireRange(name + " bytes", bytes.size(), 1, Limits.MAX_CHUNK_BYTES);
    int actual = Checksums.crc32c(bytes);
    if (actual != crc32c) {
      throw RequestException.invalid(
          "crc32c of "
              + name
              + " must be "
              + Checksums.hex(actual)
              + ", got: "
              + Checksums.hex(crc32c));
    }
  }
}

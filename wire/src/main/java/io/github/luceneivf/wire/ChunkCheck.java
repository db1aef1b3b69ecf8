// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.wire;

import com.google.protobuf.ByteString;

/** The check of received bytes against their size and their CRC-32C. Stateless. */
public final class ChunkCheck {

  /** Most bytes of vectors or codebook in one message. */
  public static final int MAX_BYTES = 2 << 20;

  private ChunkCheck() {}

  /**
   * Checks a chunk.
   *
   * @param name of the chunk's bytes
   * @throws WireException if it is empty, too large, or damaged
   */
  public static void verify(String name, ByteString bytes, int crc32c) {
    WireException.requireRange(name + " bytes", bytes.size(), 1, MAX_BYTES);
    requireChecksum(name, crc32c, Checksums.crc32c(bytes));
  }

  /**
   * Compares the checksum of something received.
   *
   * @param name of what was received
   * @param announced checksum that came with it
   * @param actual checksum of what came
   * @throws WireException if they differ
   */
  public static void requireChecksum(String name, int announced, int actual) {
    if (announced != actual) {
      throw new WireException(
          "crc32c of %s must be %s, got: %s"
              .formatted(name, Checksums.hex(actual), Checksums.hex(announced)));
    }
  }
}

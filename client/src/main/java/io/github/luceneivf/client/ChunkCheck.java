// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

/** Holds received chunks against their checksums. Stateless. */
final class ChunkCheck {

  private ChunkCheck() {}

  /**
   * Compares the checksum of something received.
   *
   * @throws SidecarException if it differs
   */
  static void require(String name, int expected, int actual) throws SidecarException {
    if (expected != actual) {
      throw SidecarException.invalid(
          "crc32c of %s must be %08x, got: %08x".formatted(name, actual, expected));
    }
  }
}

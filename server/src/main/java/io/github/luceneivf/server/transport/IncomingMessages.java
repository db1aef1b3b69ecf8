// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.transport;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;

/**
 * The messages of one stream, as far as their lengths go: each is announced by a byte that says
 * whether it is compressed and four bytes of length. Confined to the connection's event loop.
 */
final class IncomingMessages {

  private static final int PREFIX_BYTES = 5;

  private final int maxBytes;
  private int prefixBytes;
  private long length;
  private long rest;
  private long drained;
  private boolean refused;

  IncomingMessages(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  int maxBytes() {
    return maxBytes;
  }

  /**
   * Looks through bytes that have come, and leaves them as they are.
   *
   * @return the length of the first message that is too long, or -1 if there is none
   */
  long findTooLong(ByteBuf bytes) {
    int at = bytes.readerIndex();
    int end = bytes.writerIndex();
    while (at < end) {
      if (rest > 0) {
        int skipped = (int) Math.min(rest, end - at);
        at += skipped;
        rest -= skipped;
      } else {
        length = prefixBytes == 0 ? 0 : (length << Byte.SIZE) | bytes.getUnsignedByte(at);
        at++;
        prefixBytes++;
        if (prefixBytes == PREFIX_BYTES) {
          prefixBytes = 0;
          rest = length;
          if (length > maxBytes) {
            return length;
          }
        }
      }
    }
    return -1;
  }

  void refuse() {
    refused = true;
  }

  boolean isRefused() {
    return refused;
  }

  /** Counts bytes that came after the refusal, and returns how many have. */
  long drain(int bytes) {
    drained += bytes;
    return drained;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Bytes for tests. */
final class Bytes {

  private Bytes() {}

  static byte[] ofInts(int[] values, int from, int count) {
    ByteBuffer buffer = ByteBuffer.allocate(count * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asIntBuffer().put(values, from, count);
    return buffer.array();
  }

  /** Returns a codebook's bytes with one float changed and the checksum at the end put right. */
  static byte[] withFloat(byte[] codebook, int at, float value) {
    byte[] changed = codebook.clone();
    ByteBuffer buffer = ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putFloat(at, value);
    CRC32C crc = new CRC32C();
    crc.update(changed, 0, changed.length - Integer.BYTES);
    buffer.putInt(changed.length - Integer.BYTES, (int) crc.getValue());
    return changed;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Floats as little-endian bytes and back. {@code bytes} is two to three times faster than {@code
 * repeated float}, and the same in every language. Stateless.
 */
public final class FloatBytes {

  private FloatBytes() {}

  /**
   * Returns floats as bytes.
   *
   * @param values floats, copied
   * @param offset index of the first
   * @param count floats to take
   * @return [4 × count] bytes, little-endian IEEE 754
   */
  public static ByteString toBytes(float[] values, int offset, int count) {
    byte[] bytes = new byte[Math.multiplyExact(count, Float.BYTES)];
    toBytes(values, offset, count, bytes);
    // The array is new and nobody else writes to it.
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  /**
   * Writes floats as bytes.
   *
   * @param offset index of the first
   * @param count floats to take
   * @param bytes receives 4 × count bytes, little-endian IEEE 754, from its beginning
   */
  public static void toBytes(float[] values, int offset, int count, byte[] bytes) {
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .put(values, offset, count);
  }

  /**
   * Copies bytes into floats.
   *
   * @param bytes a multiple of 4 bytes, little-endian IEEE 754
   * @param values receives {@code bytes.size() / 4} floats
   * @param offset index of the first
   * @return the number of floats copied
   * @throws IllegalArgumentException if the size is no multiple of 4, or too large for {@code
   *     values}
   */
  public static int copyTo(ByteString bytes, float[] values, int offset) {
    int count = bytes.size() / Float.BYTES;
    if (count * Float.BYTES != bytes.size()) {
      throw new IllegalArgumentException(
          "bytes must be a multiple of " + Float.BYTES + ", got: " + bytes.size());
    }
    if (offset < 0 || count > values.length - offset) {
      throw new IllegalArgumentException(
          "floats must be at most " + (values.length - offset) + ", got: " + count);
    }
    bytes
        .asReadOnlyByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(values, offset, count);
    return count;
  }
}

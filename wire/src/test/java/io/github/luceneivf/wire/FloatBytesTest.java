// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

class FloatBytesTest {

  @Test
  void bytesAreLittleEndianFloats() {
    ByteString bytes = FloatBytes.toBytes(new float[] {9, 1.0f, -2.5f}, 1, 2);
    assertArrayEquals(
        new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0x20, (byte) 0xc0}, bytes.toByteArray());
  }

  @Test
  void everyKindOfFloatSurvives() {
    float[] values = {
      0f, -0f, Float.MIN_VALUE, -Float.MAX_VALUE, Float.NaN, Float.POSITIVE_INFINITY, 1e-40f
    };
    float[] copy = new float[values.length + 2];
    int count = FloatBytes.copyTo(FloatBytes.toBytes(values, 0, values.length), copy, 1);
    assertEquals(values.length, count);
    for (int i = 0; i < values.length; i++) {
      assertEquals(Float.floatToRawIntBits(values[i]), Float.floatToRawIntBits(copy[i + 1]));
    }
  }

  @Test
  void concatenatedBytesAreRead() {
    ByteString rope =
        FloatBytes.toBytes(new float[] {1, 2}, 0, 2)
            .substring(0, 3)
            .concat(FloatBytes.toBytes(new float[] {1, 2}, 0, 2).substring(3));
    float[] copy = new float[2];
    FloatBytes.copyTo(rope, copy, 0);
    assertArrayEquals(new float[] {1, 2}, copy);
  }

  @Test
  void brokenBytesAreRefused() {
    IllegalArgumentException torn =
        assertThrows(
            IllegalArgumentException.class,
            () -> FloatBytes.copyTo(ByteString.copyFrom(new byte[7]), new float[9], 0));
    assertEquals("bytes must be a multiple of 4, got: 7", torn.getMessage());
    IllegalArgumentException large =
        assertThrows(
            IllegalArgumentException.class,
            () -> FloatBytes.copyTo(ByteString.copyFrom(new byte[12]), new float[3], 1));
    assertEquals("floats must be at most 2, got: 3", large.getMessage());
  }
}

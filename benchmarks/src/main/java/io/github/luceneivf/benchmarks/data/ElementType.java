// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** How the components of a vector are stored; all little-endian. */
enum ElementType {
  FLOAT32(Float.BYTES) {
    @Override
    void read(MemorySegment from, long offset, float[] into, int at, int dim) {
      MemorySegment.copy(from, FLOATS, offset, into, at, dim);
    }
  },
  FLOAT16(Short.BYTES) {
    @Override
    void read(MemorySegment from, long offset, float[] into, int at, int dim) {
      for (int i = 0; i < dim; i++) {
        into[at + i] = Float.float16ToFloat(from.get(SHORTS, offset + (long) Short.BYTES * i));
      }
    }
  },
  UINT8(Byte.BYTES) {
    @Override
    void read(MemorySegment from, long offset, float[] into, int at, int dim) {
      for (int i = 0; i < dim; i++) {
        into[at + i] = Byte.toUnsignedInt(from.get(ValueLayout.JAVA_BYTE, offset + i));
      }
    }
  };

  private static final ValueLayout.OfFloat FLOATS =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORTS =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Returns the bytes of one component. */
  int bytes() {
    return bytes;
  }

  /** Decodes {@code dim} components from a byte offset into {@code into[at, at + dim)}. */
  abstract void read(MemorySegment from, long offset, float[] into, int at, int dim);
}

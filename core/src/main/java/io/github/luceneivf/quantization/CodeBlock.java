// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.quantization;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * The layout of a posting list: blocks of 64 vectors, then a tail in blocks of 16, the last one
 * padded with zero codes. <b>Lanes are vectors</b>: unit j of the codes of all vectors of a block
 * lies together, so that no kernel needs a horizontal sum.
 *
 * <p>A block of {@code width} vectors holds, in this order:
 *
 * <ol>
 *   <li>ordinals: {@code width} little-endian integers of {@link #ordBytes} bytes; padding repeats
 *       the last ordinal
 *   <li>codes: unit j of vector i at {@code unitBytes × (j × width + i)}; a unit is a float
 *       (FLOAT32) or a byte (INT8, PQ8). Where few bits are a code, a unit is a byte of two codes
 *       of 4 bits, the first in the lower half (INT4, PQ4), or of the bits of eight dimensions, the
 *       first the lowest (BIT1; BIT2, whose bytes of lower bits come before those of upper bits),
 *       and vectors are in another order: unit j of vector i is at {@code j × width + 4 × (i mod w)
 *       + i / w}, w = width / 4
 *   <li>terms: term t of vector i at {@code 4 × (t × width + i)}
 * </ol>
 *
 * <p>Immutable.
 *
 * @param encoding the encoding
 * @param dim dimension of the vectors, before padding
 * @param ordBytes bytes of a stored ordinal, 1 to 4
 */
public record CodeBlock(Encoding encoding, int dim, int ordBytes) {

  /** Vectors in a full block. */
  public static final int WIDTH = 64;

  /** Vectors in a tail block. */
  public static final int TAIL_WIDTH = 16;

  private static final ValueLayout.OfInt ORDINAL =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Validates the components. */
  public CodeBlock {
    Objects.requireNonNull(encoding, "encoding");
    if (dim < 1) {
      throw new IllegalArgumentException("dim must be at least 1, got: " + dim);
    }
    if (ordBytes < 1 || ordBytes > 4) {
      throw new IllegalArgumentException("ordBytes must be in [1, 4], got: " + ordBytes);
    }
  }

  /** Returns the fewest bytes that hold every ordinal below {@code size}. */
  public static int ordBytesFor(int size) {
    int bits = 32 - Integer.numberOfLeadingZeros(Math.max(size - 1, 1));
    return (bits + 7) / 8;
  }

  /** Returns the width of the block that holds position {@code position} of a list. */
  public static int widthAt(int position, int listSize) {
    return position < listSize / WIDTH * WIDTH ? WIDTH : TAIL_WIDTH;
  }

  /** Returns which lane of its block holds position {@code position} of a list. */
  public static int laneAt(int position, int listSize) {
    return position % widthAt(position, listSize);
  }

  /** Returns how many blocks of 16 hold so many vectors. */
  public static int tailBlocks(int vectors) {
    return (vectors + TAIL_WIDTH - 1) / TAIL_WIDTH;
  }

  /** Returns the bytes of a block of {@code width} vectors. */
  public int blockBytes(int width) {
    return width * (ordBytes + encoding.recordBytes(dim));
  }

  /** Returns the bytes of a list of {@code listSize} vectors. */
  public long listBytes(int listSize) {
    int full = listSize / WIDTH;
    long tail = tailBlocks(listSize % WIDTH);
    return full * (long) blockBytes(WIDTH) + tail * blockBytes(TAIL_WIDTH);
  }

  /** Returns where, from the start of its list, the block begins that holds {@code position}. */
  public long blockOffset(int position, int listSize) {
    int full = listSize / WIDTH;
    int block = position / WIDTH;
    if (block < full) {
      return (long) block * blockBytes(WIDTH);
    }
    return (long) full * blockBytes(WIDTH)
        + (long) (position - full * WIDTH) / TAIL_WIDTH * blockBytes(TAIL_WIDTH);
  }

  /** Returns where the codes begin in a block. */
  public int codesOffset(int width) {
    return width * ordBytes;
  }

  /** Returns where the terms begin in a block. */
  public int termsOffset(int width) {
    return width * (ordBytes + encoding.codeBytes(dim));
  }

  /** Returns the bytes of a code unit: what lies together for all vectors of a block. */
  public int unitBytes() {
    return encoding instanceof Encoding.Float32 ? Float.BYTES : Byte.BYTES;
  }

  /** Returns whether units that lie together are in the order of lanes. */
  private boolean inOrder() {
    return switch (encoding) {
      case Encoding.Float32 _, Encoding.Int8 _, Encoding.Pq8 _ -> true;
      case Encoding.Bit1 _, Encoding.Bit2 _, Encoding.Int4 _, Encoding.Pq4 _ -> false;
    };
  }

  /** Returns which of the units that lie together is that of lane {@code i}. */
  private int place(int i, int width) {
    return inOrder() ? i : i % (width / 4) * 4 + i / (width / 4);
  }

  /**
   * Lays records out as one block.
   *
   * @param ords [count] ordinals
   * @param records [count × recordBytes], from {@code recordsOffset}, one record after the other
   * @param count vectors, in [1, width]
   * @param block receives {@link #blockBytes} bytes from index 0
   */
  public void pack(
      int[] ords,
      int ordsOffset,
      byte[] records,
      int recordsOffset,
      int count,
      int width,
      byte[] block) {
    int recordBytes = encoding.recordBytes(dim);
    int codeBytes = encoding.codeBytes(dim);
    int unit = unitBytes();
    Arrays.fill(block, 0, blockBytes(width), (byte) 0);
    for (int i = 0; i < width; i++) {
      int ord = ords[ordsOffset + Math.min(i, count - 1)];
      for (int b = 0; b < ordBytes; b++) {
        block[i * ordBytes + b] = (byte) (ord >>> (8 * b));
      }
    }
    for (int i = 0; i < count; i++) {
      int from = recordsOffset + i * recordBytes;
      int to = codesOffset(width) + place(i, width) * unit;
      if (unit == Byte.BYTES) {
        for (int at = 0; at < codeBytes; at++) {
          block[to + at * width] = records[from + at];
        }
      } else {
        for (int at = 0; at < codeBytes; at += unit) {
          System.arraycopy(records, from + at, block, to + at * width, unit);
        }
      }
      to = termsOffset(width) + i * Float.BYTES;
      for (int t = 0; t < encoding.terms(); t++) {
        System.arraycopy(records, from + codeBytes + 4 * t, block, to + 4 * t * width, Float.BYTES);
      }
    }
  }

  /**
   * Reads one record back out of a block: the inverse of {@link #pack}.
   *
   * @param record receives {@code recordBytes} bytes from {@code recordOffset}
   */
  public void unpack(
      MemorySegment list, long blockOffset, int width, int lane, byte[] record, int recordOffset) {
    int codeBytes = encoding.codeBytes(dim);
    int unit = unitBytes();
    long from = blockOffset + codesOffset(width) + (long) place(lane, width) * unit;
    for (int at = 0; at < codeBytes; at += unit) {
      for (int b = 0; b < unit; b++) {
        record[recordOffset + at + b] =
            list.get(ValueLayout.JAVA_BYTE, from + (long) at * width + b);
      }
    }
    from = blockOffset + termsOffset(width) + (long) lane * Float.BYTES;
    for (int at = 0; at < encoding.terms() * Float.BYTES; at += Float.BYTES) {
      for (int b = 0; b < Float.BYTES; b++) {
        record[recordOffset + codeBytes + at + b] =
            list.get(ValueLayout.JAVA_BYTE, from + (long) at * width + b);
      }
    }
  }

  /**
   * Some lanes of a block.
   *
   * @param layout of the block
   * @param memory that holds it
   * @param block where in it the block begins, in bytes
   * @param width of the block
   * @param first the first of the lanes
   */
  public record Lanes(CodeBlock layout, MemorySegment memory, long block, int width, int first) {

    private long unit(int j, int lane) {
      long at = (long) j * width + layout.place(first + lane, width);
      return block + layout.codesOffset(width) + at * layout.unitBytes();
    }

    private long term(int t) {
      return block + layout.termsOffset(width) + ((long) t * width + first) * Float.BYTES;
    }
  }

  /**
   * Copies codes and terms from lanes to other lanes, of blocks of the same encoding and dimension.
   *
   * @param count lanes
   */
  public static void copyRecords(Lanes from, Lanes to, int count) {
    CodeBlock layout = from.layout;
    int unit = layout.unitBytes();
    int units = layout.encoding.codeBytes(layout.dim) / unit;
    if (layout.inOrder()) {
      for (int j = 0; j < units; j++) {
        MemorySegment.copy(
            from.memory, from.unit(j, 0), to.memory, to.unit(j, 0), (long) count * unit);
      }
    } else {
      for (int lane = 0; lane < count; lane++) {
        long source = from.unit(0, lane);
        long target = to.unit(0, lane);
        for (int j = 0; j < units; j++) {
          byte value = from.memory.get(ValueLayout.JAVA_BYTE, source + (long) j * from.width);
          to.memory.set(ValueLayout.JAVA_BYTE, target + (long) j * to.width, value);
        }
      }
    }
    for (int t = 0; t < layout.encoding.terms(); t++) {
      MemorySegment.copy(
          from.memory, from.term(t), to.memory, to.term(t), (long) count * Float.BYTES);
    }
  }

  /** Writes the ordinal of one lane, before the codes of its block. */
  public void setOrd(MemorySegment list, long blockOffset, int lane, int ord) {
    for (int b = 0; b < ordBytes; b++) {
      list.set(
          ValueLayout.JAVA_BYTE,
          blockOffset + (long) lane * ordBytes + b,
          (byte) (ord >>> (Byte.SIZE * b)));
    }
  }

  /** Reads the ordinal of one lane. */
  public int ord(MemorySegment list, long blockOffset, int lane) {
    // Codes follow the ordinals, so four bytes can always be read.
    int bytes = list.get(ORDINAL, blockOffset + (long) lane * ordBytes);
    return bytes & -1 >>> (Integer.SIZE - Byte.SIZE * ordBytes);
  }
}

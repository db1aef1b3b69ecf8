// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The formats of the TEXMEX collections (H. Jégou, M. Douze, C. Schmid: Product quantization for
 * nearest neighbor search): each row is its length as a little-endian int, then that many floats
 * (fvecs), unsigned bytes (bvecs) or ints (ivecs).
 */
public final class VecsFile {

  private VecsFile() {}

  /**
   * Opens floats; the file stays mapped.
   *
   * @throws DataFileException if rows differ in length or the last one is cut off
   */
  public static VectorRows fvecs(Path file) throws IOException {
    return open(file, ElementType.FLOAT32);
  }

  /**
   * Opens unsigned bytes; the file stays mapped.
   *
   * @throws DataFileException if rows differ in length or the last one is cut off
   */
  public static VectorRows bvecs(Path file) throws IOException {
    return open(file, ElementType.UINT8);
  }

  private static VectorRows open(Path file, ElementType type) throws IOException {
    MappedFile mapped = MappedFile.open(file);
    int dim = mapped.intAt(0);
    if (dim < 1 || dim > MAX_DIM) {
      throw DataFileException.at(file, 0, "dim must be in [1, " + MAX_DIM + "]", dim);
    }
    long stride = Integer.BYTES + (long) dim * type.bytes();
    int rows = mapped.rows(stride);
    for (int row = 0; row < rows; row++) {
      int its = mapped.intAt(row * stride);
      if (its != dim) {
        throw DataFileException.at(
            file, row * stride, "dim must be that of the first row, " + dim, its);
      }
    }
    return new StoredRows(mapped.bytes(), Integer.BYTES, stride, rows, dim, type);
  }

  /** Vectors longer than this are taken for a broken header. */
  static final int MAX_DIM = 1 << 16;

  /**
   * Reads all rows of ints; they may differ in length.
   *
   * @throws DataFileException if a row is cut off or has a negative length
   */
  public static int[][] ivecs(Path file) throws IOException {
    List<int[]> rows = new ArrayList<>();
    for (MemorySegment row : rowsOf(file)) {
      rows.add(row.toArray(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN)));
    }
    return rows.toArray(int[][]::new);
  }

  /**
   * Reads all rows of floats; they may differ in length.
   *
   * @throws DataFileException if a row is cut off or has a negative length
   */
  public static float[][] floats(Path file) throws IOException {
    List<float[]> rows = new ArrayList<>();
    for (MemorySegment row : rowsOf(file)) {
      rows.add(row.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN)));
    }
    return rows.toArray(float[][]::new);
  }

  private static List<MemorySegment> rowsOf(Path file) throws IOException {
    MappedFile mapped = MappedFile.open(file);
    List<MemorySegment> rows = new ArrayList<>();
    for (long offset = 0; offset < mapped.size(); ) {
      int length = mapped.intAt(offset);
      if (length < 0) {
        throw DataFileException.at(file, offset, "length must not be negative", length);
      }
      mapped.requireBytes(offset + Integer.BYTES, (long) Integer.BYTES * length);
      rows.add(mapped.bytes().asSlice(offset + Integer.BYTES, (long) Integer.BYTES * length));
      offset += Integer.BYTES * (1L + length);
    }
    return rows;
  }
}

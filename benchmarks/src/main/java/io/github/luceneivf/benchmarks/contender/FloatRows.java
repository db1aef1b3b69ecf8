// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Vectors in a mapped file: [rows × dim] little-endian floats, row-major, nothing else.
 * Thread-safe; unmapped when it is no longer reachable.
 */
public final class FloatRows {

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment floats;
  private final int dim;
  private final int rows;

  private FloatRows(MemorySegment floats, int dim) {
    this.floats = floats;
    this.dim = dim;
    this.rows = Math.toIntExact(floats.byteSize() / ((long) dim * Float.BYTES));
  }

  /** Maps a file of vectors of {@code dim} dimensions. */
  public static FloatRows map(Path file, int dim) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MemorySegment floats =
          channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
      if (floats.byteSize() % ((long) dim * Float.BYTES) != 0) {
        throw new IOException(
            file + " must hold whole vectors of " + dim + " floats, got: " + floats.byteSize());
      }
      return new FloatRows(floats, dim);
    }
  }

  /** Returns the number of vectors. */
  public int rows() {
    return rows;
  }

  /** Returns the dimensions of a vector. */
  public int dim() {
    return dim;
  }

  /** Returns a copy of one vector, [dim]. */
  public float[] row(int row) {
    float[] copy = new float[dim];
    MemorySegment.copy(floats, FLOAT, (long) row * dim * Float.BYTES, copy, 0, dim);
    return copy;
  }

  /** Returns the vectors as they lie in memory. */
  MemorySegment memory() {
    return floats;
  }
}

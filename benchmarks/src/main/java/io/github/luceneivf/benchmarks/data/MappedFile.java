// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * A file in memory, read only, unmapped when nothing refers to it any more. Its checks speak of the
 * file.
 *
 * @param file where it lies
 * @param bytes what it holds
 */
record MappedFile(Path file, MemorySegment bytes) {

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  static MappedFile open(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return new MappedFile(
          file, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto()));
    }
  }

  long size() {
    return bytes.byteSize();
  }

  /** Returns a little-endian int. */
  int intAt(long offset) throws DataFileException {
    requireBytes(offset, Integer.BYTES);
    return bytes.get(INT, offset);
  }

  /** Returns how many vectors of {@code stride} bytes there are. */
  int rows(long stride) throws DataFileException {
    if (size() % stride != 0 || size() / stride > Integer.MAX_VALUE) {
      throw DataFileException.at(
          file,
          size() - size() % stride,
          "must hold whole rows of " + stride + " bytes, at most 2^31 - 1 of them",
          size());
    }
    return (int) (size() / stride);
  }

  /** Checks that there are {@code count} more bytes. */
  void requireBytes(long offset, long count) throws DataFileException {
    if (count > size() - offset) {
      throw DataFileException.at(
          file, offset, "must be followed by " + count + " bytes", size() - offset);
    }
  }
}

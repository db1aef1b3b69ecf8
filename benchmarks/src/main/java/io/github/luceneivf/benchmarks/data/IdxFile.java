// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The gzipped files of MNIST and its relatives (Y. LeCun, C. Cortes, C. Burges: The MNIST database
 * of handwritten digits): big-endian magic number and sizes, then unsigned bytes.
 */
public final class IdxFile {

  private static final int MAGIC_LABELS = 2049;
  private static final int MAGIC_IMAGES = 2051;
  private static final int LABELS_HEADER = 2 * Integer.BYTES;
  private static final int IMAGES_HEADER = 4 * Integer.BYTES;

  private IdxFile() {}

  /**
   * Reads an idx3 file as vectors [images × (height · width)] of values 0 to 255.
   *
   * @throws DataFileException if it is not an idx3 file, or shorter or longer than it says
   */
  public static VectorRows images(Path file) throws IOException {
    byte[] bytes = GzipBytes.read(file);
    ByteBuffer header = header(file, bytes, MAGIC_IMAGES, IMAGES_HEADER);
    int images = header.getInt();
    int height = header.getInt();
    int width = header.getInt();
    if (height < 1 || width < 1 || (long) height * width > VecsFile.MAX_DIM) {
      throw DataFileException.at(
          file,
          LABELS_HEADER,
          "height * width must be in [1, " + VecsFile.MAX_DIM + "]",
          height + " * " + width);
    }
    int dim = height * width;
    requireSize(file, bytes, IMAGES_HEADER, images, dim);
    return new StoredRows(
        MemorySegment.ofArray(bytes), IMAGES_HEADER, dim, images, dim, ElementType.UINT8);
  }

  /**
   * Reads an idx1 file as labels 0 to 255.
   *
   * @throws DataFileException if it is not an idx1 file, or shorter or longer than it says
   */
  public static int[] labels(Path file) throws IOException {
    byte[] bytes = GzipBytes.read(file);
    int count = header(file, bytes, MAGIC_LABELS, LABELS_HEADER).getInt();
    requireSize(file, bytes, LABELS_HEADER, count, 1);
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = Byte.toUnsignedInt(bytes[LABELS_HEADER + i]);
    }
    return labels;
  }

  /** Returns a buffer that stands behind the magic number. */
  private static ByteBuffer header(Path file, byte[] bytes, int magic, int length)
      throws IOException {
    if (bytes.length < length) {
      throw DataFileException.at(
          file, 0, "must begin with a header of " + length + " bytes", bytes.length);
    }
    ByteBuffer header = ByteBuffer.wrap(bytes);
    int got = header.getInt();
    if (got != magic) {
      throw DataFileException.at(file, 0, "magic number must be " + magic, got);
    }
    return header;
  }

  private static void requireSize(Path file, byte[] bytes, int header, int rows, int dim)
      throws IOException {
    if (rows < 0 || (long) rows * dim != bytes.length - header) {
      throw DataFileException.at(
          file,
          header,
          "must be followed by " + rows + " * " + dim + " bytes",
          bytes.length - header);
    }
  }
}

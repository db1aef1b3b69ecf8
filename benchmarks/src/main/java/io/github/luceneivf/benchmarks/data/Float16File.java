// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** Gzipped rows of little-endian IEEE 754 half precision numbers, without a header. */
public final class Float16File {

  private Float16File() {}

  /**
   * Reads a file as vectors [n × dim]; they stay in half precision in the heap.
   *
   * @throws DataFileException if the file does not hold whole rows
   */
  public static VectorRows read(Path file, int dim) throws IOException {
    byte[] bytes = GzipBytes.read(file);
    int stride = Math.multiplyExact(Short.BYTES, dim);
    if (bytes.length % stride != 0) {
      throw DataFileException.at(
          file,
          bytes.length - bytes.length % stride,
          "must hold whole rows of " + stride + " bytes",
          bytes.length);
    }
    return new StoredRows(
        MemorySegment.ofArray(bytes), 0, stride, bytes.length / stride, dim, ElementType.FLOAT16);
  }
}

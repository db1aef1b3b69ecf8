// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Rows at equal distances in a segment. Thread-safe.
 *
 * @param data the segment, of a mapped file or of an array; never closed while rows are in use
 * @param offset byte of the first component of row 0
 * @param stride bytes from a row to the next
 * @param size rows
 * @param dim components of a row
 * @param type how a component is stored
 */
record StoredRows(MemorySegment data, long offset, long stride, int size, int dim, ElementType type)
    implements VectorRows {

  @Override
  public void read(int row, float[] into, int at) {
    Objects.checkIndex(row, size);
    type.read(data, offset + row * stride, into, at, dim);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import io.github.luceneivf.clustering.FloatMatrix;

/**
 * Vectors read by row from wherever they lie: a mapped file, or an array in the type of the file.
 * There is no copy of them as floats. Thread-safe.
 */
public interface VectorRows {

  /** Wraps a matrix in the heap; shared. */
  static VectorRows of(FloatMatrix matrix) {
    return new MatrixRows(matrix);
  }

  /** Returns the number of rows. */
  int size();

  /** Returns the number of dimensions. */
  int dim();

  /**
   * Copies one row into {@code into[at, at + dim)}.
   *
   * @throws IndexOutOfBoundsException if {@code row} is not in [0, size) or {@code into} is short
   */
  void read(int row, float[] into, int at);

  /** Returns a copy of one row. */
  default float[] row(int row) {
    float[] copy = new float[dim()];
    read(row, copy, 0);
    return copy;
  }

  /** Returns a copy of rows {@code [from, to)}, row-major. */
  default FloatMatrix matrix(int from, int to) {
    int dim = dim();
    float[] values = new float[Math.multiplyExact(to - from, dim)];
    for (int row = from; row < to; row++) {
      read(row, values, (row - from) * dim);
    }
    return new FloatMatrix(values, to - from, dim);
  }
}

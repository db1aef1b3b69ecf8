// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import io.github.luceneivf.clustering.FloatMatrix;
import java.util.Objects;

/** Rows of a matrix in the heap. */
record MatrixRows(FloatMatrix matrix) implements VectorRows {

  @Override
  public int size() {
    return matrix.rows();
  }

  @Override
  public int dim() {
    return matrix.dim();
  }

  @Override
  public void read(int row, float[] into, int at) {
    Objects.checkIndex(row, matrix.rows());
    System.arraycopy(matrix.values(), row * matrix.dim(), into, at, matrix.dim());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

/**
 * Rows of a matrix at even steps, ascending. Immutable.
 *
 * @param matrix [n × dim]
 * @param size how many of them, at most n
 */
record RowSet(FloatMatrix matrix, int size) {

  /** All rows. */
  static RowSet all(FloatMatrix matrix) {
    return new RowSet(matrix, matrix.rows());
  }

  /** Returns the matrix's number of row {@code i} of the set. */
  int row(int i) {
    return (int) ((long) i * matrix.rows() / size);
  }

  boolean isAll() {
    return size == matrix.rows();
  }
}

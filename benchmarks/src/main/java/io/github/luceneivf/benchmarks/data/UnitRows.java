// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

/** Rows of another source, scaled to unit length as they are read; a row of zeros stays. */
record UnitRows(VectorRows rows) implements VectorRows {

  @Override
  public int size() {
    return rows.size();
  }

  @Override
  public int dim() {
    return rows.dim();
  }

  @Override
  public void read(int row, float[] into, int at) {
    rows.read(row, into, at);
    int end = at + dim();
    double squares = 0;
    for (int i = at; i < end; i++) {
      squares += (double) into[i] * into[i];
    }
    double scale = squares == 0 ? 0 : 1 / Math.sqrt(squares);
    for (int i = at; i < end; i++) {
      into[i] = (float) (into[i] * scale);
    }
  }
}

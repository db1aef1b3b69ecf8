// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

/**
 * Some rows of another source.
 *
 * @param all the source
 * @param selected its rows that are shown, in their order; shared
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
record SelectedRows(VectorRows all, int[] selected) implements VectorRows {

  @Override
  public int size() {
    return selected.length;
  }

  @Override
  public int dim() {
    return all.dim();
  }

  @Override
  public void read(int row, float[] into, int at) {
    all.read(selected[row], into, at);
  }
}

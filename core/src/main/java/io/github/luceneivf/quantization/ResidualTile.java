// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.quantization;

import static io.github.luceneivf.kernel.VectorKernel.TILE;

import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.kernel.VectorKernel;
import java.util.Arrays;

/**
 * Rotated residuals of {@link VectorKernel#TILE} vectors at a time, component by component, each
 * the same as if it were rotated alone. Not thread-safe.
 */
final class ResidualTile {

  private final VectorKernel kernel = Kernels.get();
  private final Rotation rotation;
  private final int dim;
  private final int padded;
  private final float[] scratch;
  private final float[] residuals;
  private final float[] offsets;
  private final int[] words;
  private final double[] sums = new double[3 * TILE];

  ResidualTile(Rotation rotation) {
    this.rotation = rotation;
    this.dim = rotation.dim();
    this.padded = Rotation.paddedDim(dim);
    this.scratch = new float[padded * TILE];
    this.residuals = new float[padded * TILE];
    this.offsets = new float[padded * TILE];
    this.words = new int[padded / Integer.SIZE * TILE];
  }

  /**
   * Rotates x − c of some vectors. Where there are fewer than TILE, the last stands in for the
   * others.
   *
   * @param x [count × dim] from {@code offset}
   * @param count in [1, TILE]
   * @param lists [count] from {@code listsFrom}
   * @param centroids [nlist × dim]
   */
  void load(float[] x, int offset, int count, int[] lists, int listsFrom, float[] centroids) {
    for (int j = 0; j < TILE; j++) {
      int i = Math.min(j, count - 1);
      subtract(x, offset + i * dim, centroids, lists[listsFrom + i] * dim, j);
    }
    Arrays.fill(scratch, dim * TILE, padded * TILE, 0);
    rotation.rotateTile(scratch, residuals);
  }

  private void subtract(float[] x, int xFrom, float[] c, int cFrom, int j) {
    for (int d = 0; d < dim; d++) {
      scratch[d * TILE + j] = x[xFrom + d] - c[cFrom + d];
    }
  }

  /**
   * Finds the signs of the residuals and the sums that go with them.
   *
   * @param z [nlist × padded] an offset per list
   */
  void findSigns(int count, int[] lists, int listsFrom, float[] z) {
    for (int j = 0; j < TILE; j++) {
      int zFrom = lists[listsFrom + Math.min(j, count - 1)] * padded;
      for (int d = 0; d < padded; d++) {
        offsets[d * TILE + j] = z[zFrom + d];
      }
    }
    kernel.signs(residuals, offsets, padded, words, sums);
  }

  /** Word w of the signs of vector j. */
  int word(int w, int j) {
    return words[w * TILE + j];
  }

  /** ‖r‖² of vector j. */
  double energy(int j) {
    return sums[j];
  }

  /** ⟨r, sign(r)⟩ of vector j. */
  double signDot(int j) {
    return sums[TILE + j];
  }

  /** ⟨z, sign(r)⟩ of vector j. */
  double offsetDot(int j) {
    return sums[2 * TILE + j];
  }

  /** Copies the residual of vector j to {@code out} [padded]. */
  void residual(int j, float[] out) {
    for (int d = 0; d < padded; d++) {
      out[d] = residuals[d * TILE + j];
    }
  }
}

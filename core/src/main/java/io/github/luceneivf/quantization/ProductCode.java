// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.quantization;

import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.kernel.VectorKernel;

/** Codes of a residual by sub-codebooks. Not thread-safe. */
final class ProductCode {

  /** Squared cosine of residual and code below which the code says nothing of the residual. */
  private static final double LEAST_COSINE = 0.01;

  private final VectorKernel kernel = Kernels.get();
  private final SubCodebooks books;
  private final float[][] panels;
  private final float[][] halfNorms;
  private final int[] nearest;
  private final float[] values;
  private double energy;
  private double codeDot;
  private double codeEnergy;
  private double offsetDot;

  ProductCode(SubCodebooks books) {
    this.books = books;
    int subspaces = books.subspaces();
    int size = books.size();
    int subDim = books.subDim();
    this.panels = new float[subspaces][];
    this.halfNorms = new float[subspaces][];
    this.nearest = new int[subspaces];
    this.values = new float[subspaces];
    float[] part = new float[size * subDim];
    for (int s = 0; s < subspaces; s++) {
      System.arraycopy(books.values(), s * part.length, part, 0, part.length);
      panels[s] = VectorKernel.panels(part, size, subDim);
      halfNorms[s] = VectorKernel.halfNorms(part, size, subDim);
    }
  }

  /** ‖r‖² of the last residual. */
  double energy() {
    return energy;
  }

  /** ⟨z, ρ⟩ of the last residual. */
  double offsetDot() {
    return offsetDot;
  }

  /**
   * What ρ is multiplied by: ‖r‖² / ⟨r, ρ⟩ as with other codes; where ρ is nearly perpendicular to
   * r, which needs residuals that training never saw, what makes it nearest to r.
   */
  double scale() {
    boolean usable = codeDot > 0 && codeDot * codeDot >= LEAST_COSINE * energy * codeEnergy;
    return usable ? energy / codeDot : codeDot / codeEnergy;
  }

  /**
   * Writes the numbers of the nearest centroids, a byte each or two to a byte, the even one in the
   * lower half.
   *
   * @param r [dim] the rotated residual
   * @param z [dim] from {@code zFrom}, the rotated offset of the centroid
   */
  void encode(float[] r, float[] z, int zFrom, byte[] record, int at) {
    int subDim = books.subDim();
    int size = books.size();
    energy = 0;
    codeDot = 0;
    codeEnergy = 0;
    offsetDot = 0;
    for (int s = 0; s < nearest.length; s++) {
      int from = s * subDim;
      kernel.nearest(r, from, 1, panels[s], halfNorms[s], size, subDim, nearest, values, s);
      int code = (s * size + nearest[s]) * subDim;
      for (int d = 0; d < subDim; d++) {
        double value = r[from + d];
        double rho = books.values()[code + d];
        energy += value * value;
        codeDot += value * rho;
        codeEnergy += rho * rho;
        offsetDot += rho * z[zFrom + from + d];
      }
    }
    if (size == 256) {
      for (int s = 0; s < nearest.length; s++) {
        record[at + s] = (byte) nearest[s];
      }
    } else {
      for (int s = 0; s < nearest.length; s += 2) {
        record[at + s / 2] = (byte) (nearest[s] | nearest[s + 1] << 4);
      }
    }
  }
}

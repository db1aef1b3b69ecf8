// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.quantization;

/**
 * Codebooks of a product quantizer: a rotated residual is cut into subspaces of consecutive
 * components, and each part stands for its nearest centroid there. Immutable.
 */
// Jégou, Douze, Schmid: Product quantization for nearest neighbor search, IEEE TPAMI 33(1), 2011.
public final class SubCodebooks {

  private final int size;
  private final int subDim;
  private final float[] values;
  private final float[] transposed;

  /**
   * Creates sub-codebooks.
   *
   * @param size centroids per subspace, 16 or 256: codes of 4 or 8 bits
   * @param subDim components of a subspace
   * @param values [subspaces × size × subDim] centroids, shared and not to be modified
   * @throws IllegalArgumentException if these do not fit each other or a value is not finite
   */
  public SubCodebooks(int size, int subDim, float[] values) {
    if (size != 16 && size != 256) {
      throw new IllegalArgumentException("sub-codebook size must be 16 or 256, got: " + size);
    }
    if (subDim < 1 || values.length < 1 || values.length % ((long) size * subDim) != 0) {
      throw new IllegalArgumentException(
          "sub-codebook dim must be at least 1 and divide the "
              + values.length / size
              + " components, got: "
              + subDim);
    }
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "sub-codebooks must be finite, got: " + values[i] + " at index " + i);
      }
    }
    this.size = size;
    this.subDim = subDim;
    this.values = values;
    this.transposed = transpose(values, size, subDim);
  }

  private static float[] transpose(float[] values, int size, int subDim) {
    float[] transposed = new float[values.length];
    int all = size * subDim;
    for (int i = 0; i < values.length; i++) {
      int within = i % all;
      transposed[i - within + within % subDim * size + within / subDim] = values[i];
    }
    return transposed;
  }

  /** Returns the centroids per subspace. */
  public int size() {
    return size;
  }

  /** Returns the components of a subspace. */
  public int subDim() {
    return subDim;
  }

  /** Returns the number of subspaces. */
  public int subspaces() {
    return values.length / (size * subDim);
  }

  /** Returns the components of all subspaces together: the padded dimension. */
  public int dim() {
    return values.length / size;
  }

  /** Returns the centroids [subspaces × size × subDim], shared. */
  public float[] values() {
    return values;
  }

  /** Returns whether these are what an encoding wants. */
  public boolean fit(Encoding encoding) {
    return size == encoding.subCodebookSize() && subDim == encoding.subspaceDim();
  }

  /**
   * Returns the inner products of a query with all centroids [subspaces × size].
   *
   * @param query [dim]
   */
  float[] products(float[] query) {
    float[] products = new float[subspaces() * size];
    for (int at = 0; at < products.length; at += size) {
      int firstDim = at / size * subDim;
      for (int d = 0; d < subDim; d++) {
        float q = query[firstDim + d];
        int from = (firstDim + d) * size;
        for (int i = 0; i < size; i++) {
          products[at + i] += q * transposed[from + i];
        }
      }
    }
    return products;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import org.jspecify.annotations.Nullable;

/**
 * Row-major matrix [rows × dim] of floats, at most 2³¹ − 1 of them. Immutable by convention: the
 * array is shared, not copied, and nobody writes to it after construction.
 */
public final class FloatMatrix {

  private final float[] values;
  private final int rows;
  private final int dim;
  private volatile float @Nullable [] mean;

  /**
   * Wraps an array.
   *
   * @param values [rows × dim], row-major, shared with the caller
   * @throws IllegalArgumentException if {@code values} does not hold exactly rows × dim floats
   */
  public FloatMatrix(float[] values, int rows, int dim) {
    if (dim < 1) {
      throw new IllegalArgumentException("dim must be at least 1, got: " + dim);
    }
    if (rows < 0 || (long) rows * dim != values.length) {
      throw new IllegalArgumentException(
          "values must hold rows * dim = " + rows + " * " + dim + " floats, got: " + values.length);
    }
    this.values = values;
    this.rows = rows;
    this.dim = dim;
  }

  /** Returns the shared array [rows × dim], row-major. */
  public float[] values() {
    return values;
  }

  /** Returns the number of rows. */
  public int rows() {
    return rows;
  }

  /** Returns the number of columns. */
  public int dim() {
    return dim;
  }

  /** Returns a copy of one row. */
  public float[] row(int row) {
    float[] copy = new float[dim];
    System.arraycopy(values, row * dim, copy, 0, dim);
    return copy;
  }

  /**
   * Returns the mean of all rows, summed in double precision in ascending order; zeros if there are
   * none. Computed once.
   */
  public float[] mean() {
    float[] known = mean;
    if (known == null) {
      known = computeMean();
      mean = known;
    }
    return known.clone();
  }

  private float[] computeMean() {
    double[] sum = new double[dim];
    for (int i = 0; i < rows; i++) {
      for (int d = 0; d < dim; d++) {
        sum[d] += values[i * dim + d];
      }
    }
    float[] means = new float[dim];
    for (int d = 0; d < dim; d++) {
      means[d] = rows == 0 ? 0 : (float) (sum[d] / rows);
    }
    return means;
  }

  /** Returns a view of this matrix as a source of vectors. */
  public VectorSource asSource() {
    return new VectorSource() {
      @Override
      public int size() {
        return rows;
      }

      @Override
      public int dim() {
        return dim;
      }

      @Override
      public void forEachBatch(int batchSize, BatchConsumer consumer) throws java.io.IOException {
        float[] batch = new float[Math.min(batchSize, Math.max(rows, 1)) * dim];
        for (int from = 0; from < rows; from += batchSize) {
          int count = Math.min(batchSize, rows - from);
          System.arraycopy(values, from * dim, batch, 0, count * dim);
          consumer.accept(batch, from, count);
        }
      }
    };
  }
}

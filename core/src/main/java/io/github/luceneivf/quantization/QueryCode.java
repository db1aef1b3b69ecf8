// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.quantization;

import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.kernel.ScalarKernel;
import io.github.luceneivf.kernel.VectorKernel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A query prepared once for all lists of a codebook. Parts that only some encodings need are made
 * when first asked for. Confined to one search.
 */
public final class QueryCode {

  private final VectorKernel kernel;
  private final Quantizer quantizer;
  private final float[] mapped;
  private float @Nullable [] rotated;
  private double energy;
  private final @Nullable BitTables[] bitTables = new BitTables[BitTables.MAX_DIGITS];
  private final @Nullable QueryTables[] gridTables = new QueryTables[QueryTables.MAX_DIGITS];
  private final @Nullable QueryTables[] subTables = new QueryTables[QueryTables.MAX_DIGITS];
  private float @Nullable [] products;

  /**
   * Prepares a query.
   *
   * @param mapped [dim] the query in the codebook's space ({@code VectorSpace.mapQuery}); kept, not
   *     copied
   */
  public QueryCode(Quantizer quantizer, float[] mapped) {
    this(quantizer, mapped, Kernels.get());
  }

  private QueryCode(Quantizer quantizer, float[] mapped, VectorKernel kernel) {
    this.kernel = kernel;
    this.quantizer = Objects.requireNonNull(quantizer, "quantizer");
    if (mapped.length != quantizer.dim()) {
      throw new IllegalArgumentException(
          "query must have dimension " + quantizer.dim() + ", got: " + mapped.length);
    }
    this.mapped = mapped;
  }

  /**
   * Prepares a query to the same bits wherever and whenever it is prepared, which takes longer:
   * fast kernels are free in the order of a sum.
   *
   * @param mapped as for the constructor
   */
  public static QueryCode reproducible(Quantizer quantizer, float[] mapped) {
    return new QueryCode(quantizer, mapped, new ScalarKernel());
  }

  /** Returns the query in the codebook's space [dim], shared. */
  public float[] mapped() {
    return mapped;
  }

  /** Returns the metric of the codebook. */
  Metric metric() {
    return quantizer.metric();
  }

  /** Returns the rotated offset of the query from the mean, rot(q − μ) [paddedDim], shared. */
  float[] rotated() {
    float[] result = rotated;
    if (result == null) {
      float[] mean = quantizer.mean();
      float[] offset = new float[Rotation.paddedDim(mapped.length)];
      for (int d = 0; d < mapped.length; d++) {
        offset[d] = mapped[d] - mean[d];
      }
      result = new float[offset.length];
      quantizer.rotation().rotatePadded(offset, result, 0);
      energy = kernel.dot(result, 0, result, 0, result.length);
      rotated = result;
    }
    return result;
  }

  /** Returns ‖q − μ‖². */
  double energy() {
    rotated();
    return energy;
  }

  /** Returns the rotated query as tables of {@code digits} base-16 digits, 1 to 3, for bits. */
  BitTables bitTables(int digits) {
    BitTables result = bitTables[digits - 1];
    if (result == null) {
      result = BitTables.of(kernel, rotated(), energy(), digits);
      bitTables[digits - 1] = result;
    }
    return result;
  }

  /** Returns the rotated query as tables of one or two bytes for 4-bit codes of components. */
  QueryTables gridTables(int digits) {
    QueryTables result = gridTables[digits - 1];
    if (result == null) {
      result = QueryTables.ofGrid(rotated(), digits);
      gridTables[digits - 1] = result;
    }
    return result;
  }

  /** Returns the inner products of the rotated query with all centroids of the sub-codebooks. */
  float[] products(Encoding encoding) {
    float[] result = products;
    if (result == null) {
      result = quantizer.subCodebooks(encoding).products(rotated());
      products = result;
    }
    return result;
  }

  /** Returns {@link #products} as tables of one or two bytes for 4-bit codes. */
  QueryTables subTables(Encoding encoding, int digits) {
    QueryTables result = subTables[digits - 1];
    if (result == null) {
      result = QueryTables.of(products(encoding), digits);
      subTables[digits - 1] = result;
    }
    return result;
  }
}

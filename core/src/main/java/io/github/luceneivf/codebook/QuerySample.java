// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.TrainingSample;
import io.github.luceneivf.clustering.VectorSource;
import java.io.IOException;
import java.util.Arrays;

/**
 * Queries as users ask them, in the space that they ask in: neither normalised nor scaled. A
 * training judges its codebook with them beside members of the sample that it holds out, so that
 * the recall wanted is also reached where queries do not look like the vectors they search.
 *
 * <p>Two samples are equal if they hold the same queries in the same order. Immutable, thread-safe.
 */
public final class QuerySample {

  /** Most queries of a sample. */
  public static final int MAX_ROWS = 10_000;

  /** Most components of a sample, over all queries: 64 MiB of them. */
  public static final int MAX_FLOATS = 1 << 24;

  /** No queries: a codebook is judged with what its training holds out, and nothing else. */
  public static final QuerySample NONE = new QuerySample(new FloatMatrix(new float[0], 0, 1));

  private final FloatMatrix queries;

  private QuerySample(FloatMatrix queries) {
    this.queries = queries;
  }

  /**
   * Returns a sample of all of these queries, copied.
   *
   * @param queries [n × dim], row-major; none of them for {@link #NONE}
   * @throws IllegalArgumentException if there are more than {@link #maxRows} or a value is not
   *     finite
   */
  public static QuerySample of(FloatMatrix queries) {
    int most = maxRows(queries.dim());
    if (queries.rows() > most) {
      throw new IllegalArgumentException(
          "queries must be at most "
              + most
              + " of "
              + queries.dim()
              + " dimensions, got: "
              + queries.rows());
    }
    return wrap(new FloatMatrix(queries.values().clone(), queries.rows(), queries.dim()));
  }

  /**
   * Reads queries and keeps at most {@link #maxRows} of them, each subset equally likely. The
   * source is read once, here, and not kept.
   *
   * @throws IOException if reading fails
   * @throws IllegalArgumentException if a value that was drawn is not finite
   */
  public static QuerySample draw(VectorSource source, long seed) throws IOException {
    return wrap(TrainingSample.draw(source, maxRows(source.dim()), seed, () -> {}));
  }

  private static QuerySample wrap(FloatMatrix queries) {
    if (queries.rows() == 0) {
      return NONE;
    }
    FiniteRows.require("queries", queries);
    return new QuerySample(queries);
  }

  /** Returns the most queries of {@code dim} dimensions that a sample can hold. */
  public static int maxRows(int dim) {
    if (dim < 1) {
      throw new IllegalArgumentException("dim must be at least 1, got: " + dim);
    }
    return Math.clamp(MAX_FLOATS / dim, 1, MAX_ROWS);
  }

  /** Returns the queries [n × dim], shared; not to be written to. */
  public FloatMatrix queries() {
    return queries;
  }

  /** Returns the number of queries. */
  public int size() {
    return queries.rows();
  }

  /** Returns the dimension of each query; of {@link #NONE}, nothing that matters. */
  public int dim() {
    return queries.dim();
  }

  /** Returns whether there are no queries. */
  public boolean isEmpty() {
    return queries.rows() == 0;
  }

  /** Returns whether the queries can be asked of vectors of {@code dim} dimensions. */
  public boolean fits(int dim) {
    return isEmpty() || queries.dim() == dim;
  }

  /**
   * Checks that the queries can be asked of a training sample.
   *
   * @param dim dimension of the sample
   * @throws IllegalArgumentException if they cannot
   */
  public void requireDim(int dim) {
    if (!fits(dim)) {
      throw new IllegalArgumentException(
          "querySample must have the " + dim + " dimensions of the sample, got: " + dim());
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof QuerySample that
        && queries.dim() == that.queries.dim()
        && Arrays.equals(queries.values(), that.queries.values());
  }

  @Override
  public int hashCode() {
    return 31 * queries.dim() + Arrays.hashCode(queries.values());
  }

  /** Says how many queries of how many dimensions, never which. */
  @Override
  public String toString() {
    return isEmpty() ? "none" : size() + " of " + dim() + " dimensions";
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import io.github.luceneivf.kernel.Kernels;

/**
 * The space in which vectors are clustered and coded: for {@link Metric#COSINE} unit-length copies,
 * otherwise the vectors times a power of two, so that squares of values between 1e-38 and 1e18
 * neither overflow nor vanish. Scaling by a power of two is exact and changes no order of
 * distances. Immutable.
 *
 * @param metric the metric
 * @param exponent vectors are multiplied by 2^exponent; 0 for COSINE
 */
public record VectorSpace(Metric metric, int exponent) {

  /** Largest absolute component after the mapping; keeps sums of 4096 squares finite. */
  public static final float MAX_COMPONENT = 0x1p50f;

  /** Validates the components. */
  public VectorSpace {
    if (exponent < -200 || exponent > 200) {
      throw new IllegalArgumentException("exponent must be in [-200, 200], got: " + exponent);
    }
    if (metric == Metric.COSINE && exponent != 0) {
      throw new IllegalArgumentException("exponent must be 0 for COSINE, got: " + exponent);
    }
  }

  /**
   * Returns the space for vectors like these: the largest absolute component is scaled into [1, 2).
   *
   * @param values any number of components; those that are not finite are ignored
   */
  public static VectorSpace fitting(Metric metric, float[] values) {
    if (metric == Metric.COSINE) {
      return new VectorSpace(metric, 0);
    }
    float max = 0;
    for (float value : values) {
      float abs = Math.abs(value);
      max = Math.max(max, abs <= Float.MAX_VALUE ? abs : 0);
    }
    return new VectorSpace(metric, max == 0 ? 0 : -exponentOf(max));
  }

  /** Floor of log2, exact for subnormal values too. */
  private static int exponentOf(float value) {
    return Math.getExponent((double) value);
  }

  /**
   * Maps rows in place.
   *
   * @param rows [count × dim], row-major, from {@code offset}
   */
  public void map(float[] rows, int offset, int count, int dim) {
    if (metric != Metric.COSINE) {
      for (int i = 0; i < count; i++) {
        scale(rows, offset + i * dim, dim, exponent);
      }
      return;
    }
    int i = 0;
    for (; i + 4 <= count; i += 4) {
      normalize4(rows, offset + i * dim, dim);
    }
    for (; i < count; i++) {
      normalize(rows, offset + i * dim, dim);
    }
  }

  /**
   * Maps a query in place. Inner products keep their order under any positive scale of the query,
   * so there the query gets a scale of its own.
   */
  public void mapQuery(float[] query) {
    switch (metric) {
      case COSINE -> normalize(query, 0, query.length);
      case EUCLIDEAN -> scale(query, 0, query.length, exponent);
      case INNER_PRODUCT -> scale(query, 0, query.length, fitting(metric, query).exponent);
    }
  }

  private static void normalize(float[] x, int offset, int dim) {
    if (scaleToUnit(x, offset, dim)) {
      double sum = 0;
      for (int d = offset; d < offset + dim; d++) {
        sum += (double) x[d] * x[d];
      }
      divide(x, offset, dim, sum);
    }
  }

  /** Four rows to the same bits as one by one: their sums do not wait for each other. */
  private static void normalize4(float[] x, int r0, int dim) {
    int r1 = r0 + dim;
    int r2 = r1 + dim;
    int r3 = r2 + dim;
    boolean u0 = scaleToUnit(x, r0, dim);
    boolean u1 = scaleToUnit(x, r1, dim);
    boolean u2 = scaleToUnit(x, r2, dim);
    boolean u3 = scaleToUnit(x, r3, dim);
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    for (int d = 0; d < dim; d++) {
      s0 += (double) x[r0 + d] * x[r0 + d];
      s1 += (double) x[r1 + d] * x[r1 + d];
      s2 += (double) x[r2 + d] * x[r2 + d];
      s3 += (double) x[r3 + d] * x[r3 + d];
    }
    divide(x, r0, dim, u0 ? s0 : 1);
    divide(x, r1, dim, u1 ? s1 : 1);
    divide(x, r2, dim, u2 ? s2 : 1);
    divide(x, r3, dim, u3 ? s3 : 1);
  }

  /** Scales the largest component into [1, 2); false if the row is zero or not finite. */
  private static boolean scaleToUnit(float[] x, int offset, int dim) {
    float max = Kernels.get().maxAbs(x, offset, dim);
    if (max == 0 || !(max <= Float.MAX_VALUE)) {
      return false;
    }
    int exponent = -exponentOf(max);
    if (exponent < Float.MIN_EXPONENT || exponent > Float.MAX_EXPONENT) {
      scale(x, offset, dim, exponent);
      return true;
    }
    // One rounding as in scale(), where the factor is a float; nothing is near MAX_COMPONENT.
    float factor = Math.scalb(1.0f, exponent);
    for (int d = offset; d < offset + dim; d++) {
      x[d] *= factor;
    }
    return true;
  }

  private static void divide(float[] x, int offset, int dim, double squaredNorm) {
    float inverse = (float) (1 / Math.sqrt(squaredNorm));
    for (int d = offset; d < offset + dim; d++) {
      x[d] *= inverse;
    }
  }

  /** Multiplies by 2^exponent, rounding once: products of a float and that are exact doubles. */
  private static void scale(float[] x, int offset, int dim, int exponent) {
    double factor = Math.scalb(1.0, exponent);
    for (int d = offset; d < offset + dim; d++) {
      float scaled = (float) (x[d] * factor);
      x[d] = Math.max(-MAX_COMPONENT, Math.min(MAX_COMPONENT, scaled));
    }
  }
}

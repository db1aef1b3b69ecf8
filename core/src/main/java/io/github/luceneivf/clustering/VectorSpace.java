package io.github.luceneivf.clustering;

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
    for (int i = 0; i < count; i++) {
      if (metric == Metric.COSINE) {
        normalize(rows, offset + i * dim, dim);
      } else {
        scale(rows, offset + i * dim, dim, exponent);
      }
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
    float max = 0;
    for (int d = offset; d < offset + dim; d++) {
      max = Math.max(max, Math.abs(x[d]));
    }
    if (max == 0 || !(max <= Float.MAX_VALUE)) {
      return;
    }
    scale(x, offset, dim, -exponentOf(max));
    double sum = 0;
    for (int d = offset; d < offset + dim; d++) {
      sum += (double) x[d] * x[d];
    }
    float inverse = (float) (1 / Math.sqrt(sum));
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

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.testdata;

import io.github.luceneivf.clustering.FloatMatrix;
import java.util.Random;

/**
 * Seeded synthetic vectors, each kind a way in which training goes wrong. Rows come shuffled where
 * a kind has parts. The same arguments give the same bytes.
 */
public final class VectorGenerators {

  private VectorGenerators() {}

  /** Gaussian clusters of equal weight: centres of scale 1 per component, spread {@code sigma}. */
  public static FloatMatrix clusters(int n, int dim, int clusters, double sigma, long seed) {
    Random random = new Random(seed);
    double[][] centres = gaussian(clusters, dim, random);
    float[] values = new float[n * dim];
    for (int i = 0; i < n; i++) {
      double[] centre = centres[random.nextInt(clusters)];
      for (int d = 0; d < dim; d++) {
        values[i * dim + d] = (float) (centre[d] + sigma * random.nextGaussian());
      }
    }
    return new FloatMatrix(values, n, dim);
  }

  /**
   * Ninety per cent in a ball of pure noise (a centre uniform in [0, 1) plus 0.5 × normal), the
   * rest uniform in [0, 10) per component.
   */
  public static FloatMatrix imbalanced(int n, int dim, long seed) {
    Random random = new Random(seed);
    float[] centre = new float[dim];
    for (int d = 0; d < dim; d++) {
      centre[d] = random.nextFloat();
    }
    float[] values = new float[n * dim];
    for (int i = 0; i < n; i++) {
      boolean dense = random.nextInt(10) < 9;
      for (int d = 0; d < dim; d++) {
        double x = dense ? centre[d] + 0.5 * random.nextGaussian() : 10 * random.nextDouble();
        values[i * dim + d] = (float) x;
      }
    }
    return new FloatMatrix(values, n, dim);
  }

  /** Points along smooth curves a thousand times as long as thick, four of them. */
  public static FloatMatrix manifolds(int n, int dim, long seed) {
    Random random = new Random(seed);
    int curves = 4;
    double[][] phases = gaussian(curves, dim, random);
    double[][] speeds = gaussian(curves, dim, random);
    float[] values = new float[n * dim];
    for (int i = 0; i < n; i++) {
      int curve = random.nextInt(curves);
      double t = 20 * random.nextDouble();
      for (int d = 0; d < dim; d++) {
        double x = 5 * Math.sin(6 * phases[curve][d] + 0.3 * speeds[curve][d] * t);
        values[i * dim + d] = (float) (x + 0.01 * random.nextGaussian());
      }
    }
    return new FloatMatrix(values, n, dim);
  }

  /** Gaussian rows of which {@code share} are copies of {@code values} others. */
  public static FloatMatrix duplicates(int n, int dim, int values, double share, long seed) {
    Random random = new Random(seed);
    double[][] repeated = gaussian(values, dim, random);
    float[] rows = new float[n * dim];
    for (int i = 0; i < n; i++) {
      boolean copy = random.nextDouble() < share;
      double[] from = repeated[random.nextInt(values)];
      for (int d = 0; d < dim; d++) {
        rows[i * dim + d] = (float) (copy ? from[d] : random.nextGaussian());
      }
    }
    return new FloatMatrix(rows, n, dim);
  }

  /** Clusters whose sizes fall like 1 / rank and whose spread differs by up to eight. */
  public static FloatMatrix powerLaw(int n, int dim, int clusters, long seed) {
    Random random = new Random(seed);
    double[][] centres = gaussian(clusters, dim, random);
    double[] spreads = new double[clusters];
    double[] cumulative = new double[clusters];
    double total = 0;
    for (int c = 0; c < clusters; c++) {
      spreads[c] = 0.1 * Math.pow(8, random.nextDouble());
      total += 1.0 / (c + 1);
      cumulative[c] = total;
    }
    float[] values = new float[n * dim];
    for (int i = 0; i < n; i++) {
      double at = random.nextDouble() * total;
      int c = 0;
      while (cumulative[c] < at) {
        c++;
      }
      for (int d = 0; d < dim; d++) {
        values[i * dim + d] = (float) (centres[c][d] + spreads[c] * random.nextGaussian());
      }
    }
    return new FloatMatrix(values, n, dim);
  }

  /** Clusters whose centres are about 100 radii apart, far from the origin. */
  public static FloatMatrix farClusters(int n, int dim, int clusters, long seed) {
    return clusters(n, dim, clusters, 0.01 * Math.sqrt(2), seed);
  }

  /** Noise, uniform in [0, 1) per component. */
  public static FloatMatrix uniform(int n, int dim, long seed) {
    Random random = new Random(seed);
    float[] values = new float[n * dim];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return new FloatMatrix(values, n, dim);
  }

  /** Clusters on the unit sphere. */
  public static FloatMatrix unit(int n, int dim, int clusters, long seed) {
    FloatMatrix rows = clusters(n, dim, clusters, 0.7, seed);
    float[] values = rows.values();
    for (int i = 0; i < n; i++) {
      double sum = 0;
      for (int d = 0; d < dim; d++) {
        sum += (double) values[i * dim + d] * values[i * dim + d];
      }
      for (int d = 0; d < dim; d++) {
        values[i * dim + d] /= (float) Math.sqrt(sum);
      }
    }
    return rows;
  }

  /** Returns a copy with every value times {@code factor}. */
  public static FloatMatrix scaled(FloatMatrix rows, float factor) {
    float[] values = rows.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return new FloatMatrix(values, rows.rows(), rows.dim());
  }

  /**
   * Returns a copy with every value rounded to a step, a power of two. Sums of their products are
   * exact in whatever order they are added while they stay below 2^24 steps squared, so a score has
   * one value only; otherwise its last bit differs between interpreted and compiled code.
   */
  public static FloatMatrix rounded(FloatMatrix rows, float step) {
    float[] values = rows.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.round(values[i] / step) * step;
    }
    return new FloatMatrix(values, rows.rows(), rows.dim());
  }

  /** Returns a copy of rows {@code [from, to)}: base and queries are parts of one draw. */
  public static FloatMatrix slice(FloatMatrix rows, int from, int to) {
    float[] values = new float[(to - from) * rows.dim()];
    System.arraycopy(rows.values(), from * rows.dim(), values, 0, values.length);
    return new FloatMatrix(values, to - from, rows.dim());
  }

  private static double[][] gaussian(int rows, int dim, Random random) {
    double[][] values = new double[rows][dim];
    for (double[] row : values) {
      for (int d = 0; d < dim; d++) {
        row[d] = random.nextGaussian();
      }
    }
    return values;
  }
}

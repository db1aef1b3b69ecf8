// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.scene;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What is done to vectors to make them hard; by seed. */
final class Vectors {

  /** Drawn from by everything that is random; {@code -Divf.seed} for another. */
  static final long SEED = Long.getLong("ivf.seed", 1);

  private Vectors() {}

  /** Returns a copy of unit length. */
  static float[] unit(float[] vector) {
    double sum = 0;
    for (float x : vector) {
      sum += (double) x * x;
    }
    return scaled(vector, sum == 0 ? 0 : 1 / Math.sqrt(sum));
  }

  static float[][] unit(float[][] rows) {
    return Arrays.stream(rows).map(Vectors::unit).toArray(float[][]::new);
  }

  static float[] scaled(float[] vector, double factor) {
    float[] copy = new float[vector.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = (float) (vector[i] * factor);
    }
    return copy;
  }

  static float[] sum(float[] a, float[] b) {
    float[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  /** Returns the first dimensions of rows, normalised again. */
  static float[][] first(int dim, float[][] rows) {
    return Arrays.stream(rows)
        .map(row -> unit(Arrays.copyOf(row, dim)))
        .toArray(float[][]::new);
  }

  /** Returns so many of the rows, spread evenly. */
  static float[][] thinned(float[][] rows, int count) {
    float[][] some = new float[Math.min(count, rows.length)][];
    Arrays.setAll(some, i -> rows[(int) ((long) i * rows.length / some.length)]);
    return some;
  }

  /** Returns the rows in another order. */
  static float[][] shuffled(float[][] rows, Random random) {
    List<float[]> all = new ArrayList<>(List.of(rows));
    Collections.shuffle(all, random);
    return all.toArray(float[][]::new);
  }

  static float[] gaussian(int dim, Random random) {
    float[] row = new float[dim];
    for (int i = 0; i < dim; i++) {
      row[i] = (float) random.nextGaussian();
    }
    return row;
  }

  static float[][] gaussian(int n, int dim, Random random) {
    float[][] rows = new float[n][];
    Arrays.setAll(rows, _ -> gaussian(dim, random));
    return rows;
  }

  /** Returns a random vector of a length. */
  static float[] direction(int dim, double length, Random random) {
    return scaled(unit(gaussian(dim, random)), length);
  }

  /** Returns the root mean square of the distances of rows to their mean; 1 for unit vectors. */
  static double spread(float[][] rows) {
    double[] mean = new double[rows[0].length];
    double squares = 0;
    for (float[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        mean[i] += (double) row[i] / rows.length;
        squares += (double) row[i] * row[i] / rows.length;
      }
    }
    return Math.sqrt(squares - Arrays.stream(mean).map(x -> x * x).sum());
  }

  /**
   * Returns each row so many times, one after the other, each time with other noise.
   *
   * @param noise its length, in multiples of {@link #spread}
   */
  static float[][] nearCopies(float[][] originals, int each, double noise, Random random) {
    int dim = originals[0].length;
    double length = noise * spread(originals);
    float[][] rows = new float[originals.length * each][];
    Arrays.setAll(rows, i -> sum(originals[i / each], direction(dim, length, random)));
    return rows;
  }
}

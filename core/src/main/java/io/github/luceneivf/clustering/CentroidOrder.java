// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Orders centroids so that neighbours in number are near each other in space: halves the set along
 * the line between two centroids far apart, then each half likewise. A query then probes lists that
 * lie near each other in the file.
 */
final class CentroidOrder {

  /** Centroids of a part so small that nobody is asked on the way through it. */
  private static final int SMALL = 64;

  private CentroidOrder() {}

  /**
   * Returns the old row of each new row.
   *
   * @param tick asked between passes over a part whether to go on
   * @throws IOException what {@code tick} threw
   */
  static int[] order(FloatMatrix centroids, Workers.Tick tick) throws IOException {
    Integer[] order = IntStream.range(0, centroids.rows()).boxed().toArray(Integer[]::new);
    halve(centroids, order, 0, order.length, tick);
    return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
  }

  /** Returns the rows of a matrix in a new order. */
  static FloatMatrix permute(FloatMatrix matrix, int[] order) {
    int dim = matrix.dim();
    float[] values = new float[matrix.values().length];
    for (int i = 0; i < order.length; i++) {
      System.arraycopy(matrix.values(), order[i] * dim, values, i * dim, dim);
    }
    return new FloatMatrix(values, matrix.rows(), dim);
  }

  /** Returns the assignment with list numbers for the new order. */
  static Assignment renumber(Assignment assignment, int[] order) {
    int[] newNumbers = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      newNumbers[order[i]] = i;
    }
    int[] lists = new int[assignment.size()];
    for (int i = 0; i < lists.length; i++) {
      lists[i] = newNumbers[assignment.lists()[i]];
    }
    return Assignment.of(lists, assignment.distances(), order.length);
  }

  private static void halve(
      FloatMatrix centroids, Integer[] order, int from, int to, Workers.Tick tick)
      throws IOException {
    if (to - from < 3) {
      return;
    }
    if (to - from > SMALL) {
      tick.tick(0);
    }
    int a = farthest(centroids, order, from, to, order[from]);
    int b = farthest(centroids, order, from, to, a);
    double[] along = new double[centroids.rows()];
    for (int i = from; i < to; i++) {
      along[order[i]] = along(centroids, a, b, order[i]);
    }
    Arrays.sort(
        order,
        from,
        to,
        Comparator.<Integer>comparingDouble(i -> along[i]).thenComparingInt(i -> i));
    int middle = (from + to) >>> 1;
    halve(centroids, order, from, middle, tick);
    halve(centroids, order, middle, to, tick);
  }

  private static int farthest(FloatMatrix c, Integer[] order, int from, int to, int row) {
    double most = -1;
    int farthest = row;
    for (int i = from; i < to; i++) {
      double d =
          Assigner.squaredDistance(
              c.values(), row * c.dim(), c.values(), order[i] * c.dim(), c.dim());
      if (d > most) {
        most = d;
        farthest = order[i];
      }
    }
    return farthest;
  }

  /** Returns a number that grows from a to b: the difference of the squared distances to them. */
  private static double along(FloatMatrix c, int a, int b, int row) {
    int dim = c.dim();
    return Assigner.squaredDistance(c.values(), row * dim, c.values(), a * dim, dim)
        - Assigner.squaredDistance(c.values(), row * dim, c.values(), b * dim, dim);
  }
}

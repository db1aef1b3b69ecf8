// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Orders centroids so that neighbours in number are near each other in space: halves the set along
 * the line between two centroids far apart, then each half likewise. A query then probes lists that
 * lie near each other in the file.
 */
final class CentroidOrder {

  private CentroidOrder() {}

  /** Returns the old row of each new row. */
  static int[] order(FloatMatrix centroids) {
    Integer[] order = IntStream.range(0, centroids.rows()).boxed().toArray(Integer[]::new);
    halve(centroids, order, 0, order.length);
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

  private static void halve(FloatMatrix centroids, Integer[] order, int from, int to) {
    if (to - from < 3) {
      return;
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
    halve(centroids, order, from, middle);
    halve(centroids, order, middle, to);
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

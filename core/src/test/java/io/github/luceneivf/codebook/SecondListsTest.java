// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.testdata.VectorGenerators;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Second lists against all lists, tried one by one in double precision. */
class SecondListsTest {

  private static final int DIM = 24;
  private static final int NLIST = 100;

  private static FloatMatrix centroids(float offset) {
    FloatMatrix rows = VectorGenerators.clusters(NLIST, DIM, 20, 0.7, 5);
    float[] values = rows.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] += offset;
    }
    return new FloatMatrix(values, NLIST, DIM);
  }

  private static double cost(FloatMatrix centroids, float[] x, int own, int other) {
    double energy = 0;
    double apart = 0;
    double product = 0;
    for (int d = 0; d < DIM; d++) {
      float r = x[d] - centroids.values()[own * DIM + d]; // of floats, like the residual coded
      double difference =
          (double) centroids.values()[own * DIM + d] - centroids.values()[other * DIM + d];
      energy += (double) r * r;
      apart += (r + difference) * (r + difference);
      product += r * (r + difference);
    }
    double parallel = Math.max(0, product) / energy;
    return apart / energy + parallel * parallel;
  }

  private static int nearest(FloatMatrix centroids, float[] x) {
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int list = 0; list < NLIST; list++) {
      double sum = 0;
      for (int d = 0; d < DIM; d++) {
        double difference = (double) x[d] - centroids.values()[list * DIM + d];
        sum += difference * difference;
      }
      if (sum < least) {
        least = sum;
        best = list;
      }
    }
    return best;
  }

  /** Far from the origin the dot products lose digits; the list found must not change for that. */
  @Test
  void findsTheListOfLeastCost() {
    Random random = new Random(3);
    for (float offset : new float[] {0, 1_000}) {
      FloatMatrix centroids = centroids(offset);
      SecondLists lists = SecondLists.of(centroids);
      for (int i = 0; i < 500; i++) {
        float[] x = centroids.row(random.nextInt(NLIST));
        for (int d = 0; d < DIM; d++) {
          x[d] += (float) (0.8 * random.nextGaussian());
        }
        int own = nearest(centroids, x);
        int found = lists.fork().find(x, 0, own);
        assertEquals(lists.find(x, 0, own), found);
        double least = Double.POSITIVE_INFINITY;
        for (int other = 0; other < NLIST; other++) {
          least = other == own ? least : Math.min(least, cost(centroids, x, own, other));
        }
        assertEquals(least, cost(centroids, x, own, found), 1e-6 * least, "offset " + offset);
        assertEquals(least, lists.cost(), 1e-5 * least, "offset " + offset);
      }
    }
  }

  @Test
  void vectorOnItsCentroidOrWithoutAnotherListHasNone() {
    FloatMatrix centroids = centroids(0);
    SecondLists lists = SecondLists.of(centroids);
    assertEquals(-1, lists.find(centroids.values(), 3 * DIM, 3));
    assertEquals(Double.POSITIVE_INFINITY, lists.cost());
    SecondLists one = SecondLists.of(VectorGenerators.slice(centroids, 0, 1));
    assertEquals(-1, one.find(centroids.values(), 3 * DIM, 0));
    assertTrue(SecondLists.memoryBytes(NLIST, DIM) >= 4L * NLIST * (DIM + 2 * NLIST));
  }

  @Test
  void centroidsThatAreTheSameHaveEachOther() {
    float[] same = new float[3 * DIM];
    FloatMatrix centroids = new FloatMatrix(same, 3, DIM);
    SecondLists lists = SecondLists.of(centroids);
    float[] x = new float[DIM];
    x[0] = 1;
    assertEquals(1, lists.find(x, 0, 0));
    assertEquals(0, lists.find(x, 0, 2));
    assertEquals(2, lists.cost(), 1e-12);
  }
}

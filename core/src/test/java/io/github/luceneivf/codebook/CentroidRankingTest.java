// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.quantization.QueryCode;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CentroidRankingTest {

  private static final int DIM = 96;

  /** Centroids in {@code groups} groups, far from each other if {@code distance} is large. */
  private static Codebook codebook(Metric metric, int nlist, int groups, double distance) {
    Random random = new Random(nlist + groups);
    float[] centers = new float[groups * DIM];
    for (int i = 0; i < centers.length; i++) {
      centers[i] = (float) (distance * random.nextGaussian());
    }
    float[] centroids = new float[nlist * DIM];
    float[] radii = new float[nlist];
    float[] mean = new float[DIM];
    for (int i = 0; i < centroids.length; i++) {
      int group = i / DIM % groups;
      centroids[i] = (float) (centers[group * DIM + i % DIM] + random.nextGaussian());
      radii[i / DIM] = 1 + random.nextFloat() * 5;
      mean[i % DIM] += centroids[i] / nlist;
    }
    VectorSpace space = new VectorSpace(metric, 0);
    return new Codebook(
        new Codebook.Content(space, new FloatMatrix(centroids, nlist, DIM), radii, mean, 3),
        new Codebook.Lineage(1, Optional.empty(), nlist));
  }

  private static float[] query(Codebook codebook, int seed) {
    Random random = new Random(seed);
    float[] query = codebook.centroids().row(random.nextInt(codebook.nlist()));
    for (int d = 0; d < DIM; d++) {
      query[d] += (float) random.nextGaussian();
    }
    return query;
  }

  private static double base(Codebook codebook, float[] query, int list) {
    double sum = 0;
    for (int d = 0; d < DIM; d++) {
      float c = codebook.centroids().values()[list * DIM + d];
      double diff = (double) query[d] - c;
      sum += codebook.metric() == Metric.INNER_PRODUCT ? -(double) query[d] * c : diff * diff;
    }
    return sum;
  }

  /** Reach of lists that differ by it: up to twice the centroid, and five beside it. */
  private static ListReach reach(Codebook codebook) {
    Random random = new Random(codebook.nlist());
    float[] along = new float[codebook.nlist()];
    float[] across = new float[codebook.nlist()];
    for (int list = 0; list < along.length; list++) {
      along[list] = 1 + random.nextFloat();
      across[list] = random.nextFloat() * 5;
    }
    return new ListReach(along, across);
  }

  private static CentroidRanking ranking(Codebook codebook) {
    CentroidRanking plain = new CentroidRanking(codebook);
    return codebook.metric() == Metric.INNER_PRODUCT ? plain.with(reach(codebook)) : plain;
  }

  /** What lists are ranked by. */
  private static double key(Codebook codebook, float[] query, int list) {
    double base = base(codebook, query, list);
    if (codebook.metric() != Metric.INNER_PRODUCT) {
      return base;
    }
    double norm = 0;
    for (float q : query) {
      norm += (double) q * q;
    }
    ListReach reach = reach(codebook);
    double along = base < 0 ? base * reach.along()[list] : base;
    return along - Math.sqrt(norm / DIM) * reach.across()[list];
  }

  private static int[] exactOrder(Codebook codebook, float[] query) {
    double[] keys =
        IntStream.range(0, codebook.nlist()).mapToDouble(i -> key(codebook, query, i)).toArray();
    return IntStream.range(0, keys.length)
        .boxed()
        .sorted(Comparator.comparingDouble(list -> keys[list]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void allListsAreInExactOrder(Metric metric) {
    for (int nlist : new int[] {1, 2, 15, 64, 65, 333}) {
      Codebook codebook = codebook(metric, nlist, 1, 0);
      CentroidRanking ranking = ranking(codebook);
      for (int seed = 0; seed < 5; seed++) {
        float[] query = query(codebook, seed);
        int[] lists = new int[nlist];
        float[] distances = new float[nlist];
        ranking.rank(new QueryCode(codebook.quantizer(), query), nlist, lists, distances);
        assertArrayEquals(exactOrder(codebook, query), lists);
        for (int i = 0; i < nlist; i++) {
          double base = base(codebook, query, lists[i]);
          assertEquals(base, distances[i], 1e-4 * (1 + Math.abs(base)));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void theBestListsAreFoundByCodes(Metric metric) {
    Codebook codebook = codebook(metric, 1000, 40, 2);
    assertFalse(new CentroidRanking(codebook).isExact());
    double recall = recall(codebook, 20);
    assertTrue(recall > 0.98, "recall: " + recall);
  }

  /**
   * Of the few lists that hold all neighbours none may be lost, and exact distances cost nothing.
   */
  @ParameterizedTest
  @EnumSource(Metric.class)
  void fewCentroidsAreRankedExactly(Metric metric) {
    Codebook codebook = codebook(metric, 150, 10, 1);
    assertTrue(new CentroidRanking(codebook).isExact());
    assertEquals(1, recall(codebook, 4));
  }

  /** Pure noise; and three groups so far apart that distances within them vanish in the error. */
  @ParameterizedTest
  @EnumSource(Metric.class)
  void centroidsThatCodesTellTooLittleAboutAreRankedExactly(Metric metric) {
    for (Codebook codebook :
        new Codebook[] {codebook(metric, 1000, 1, 0), codebook(metric, 1000, 3, 300)}) {
      assertTrue(new CentroidRanking(codebook).isExact());
      double recall = recall(codebook, 20);
      assertTrue(recall > 0.99, "recall: " + recall);
    }
  }

  private static double recall(Codebook codebook, int want) {
    CentroidRanking ranking = ranking(codebook);
    int[] lists = new int[want];
    float[] distances = new float[want];
    int hits = 0;
    for (int seed = 0; seed < 50; seed++) {
      float[] query = query(codebook, seed);
      ranking.rank(new QueryCode(codebook.quantizer(), query), want, lists, distances);
      int[] exact = Arrays.copyOf(exactOrder(codebook, query), want);
      hits +=
          (int)
              Arrays.stream(lists)
                  .filter(list -> Arrays.stream(exact).anyMatch(e -> e == list))
                  .count();
      for (int i = 0; i < want; i++) {
        double base = base(codebook, query, lists[i]);
        assertEquals(base, distances[i], 1e-4 * (1 + Math.abs(base)) * 10);
      }
    }
    return hits / (50.0 * want);
  }

  @Test
  void storedCodesGiveTheSameRanking() {
    Codebook codebook = codebook(Metric.EUCLIDEAN, 300, 10, 3);
    CentroidRanking made = new CentroidRanking(codebook);
    CentroidRanking read = new CentroidRanking(codebook, CentroidRanking.codes(codebook));
    QueryCode query = new QueryCode(codebook.quantizer(), query(codebook, 1));
    int[][] lists = new int[2][10];
    float[] distances = new float[10];
    made.rank(query, 10, lists[0], distances);
    read.rank(query, 10, lists[1], distances);
    assertArrayEquals(lists[0], lists[1]);
  }

  /** A list whose centroid promises little, but that holds one long vector, goes ahead. */
  @Test
  void longVectorsBringTheirListsForward() {
    Codebook codebook = codebook(Metric.INNER_PRODUCT, 200, 1, 0);
    float[] query = query(codebook, 1);
    QueryCode code = new QueryCode(codebook.quantizer(), query);
    CentroidRanking plain = new CentroidRanking(codebook);
    int[] lists = new int[200];
    float[] distances = new float[200];
    plain.rank(code, 200, lists, distances);
    int middle = lists[50]; // of those with a positive product
    assertTrue(distances[50] < 0);
    ListReach.Measure measure = new ListReach.Measure(codebook);
    float[] longOne = codebook.centroids().row(middle);
    for (int d = 0; d < DIM; d++) {
      longOne[d] *= 20;
    }
    measure.add(longOne, 0, middle);
    plain.with(measure.reach()).rank(code, 200, lists, distances);
    assertEquals(middle, lists[0]);
    assertEquals(base(codebook, query, middle), distances[0], 1e-2);
  }

  @Test
  void badArgumentsAreRefused() {
    Codebook codebook = codebook(Metric.EUCLIDEAN, 5, 1, 0);
    CentroidRanking ranking = new CentroidRanking(codebook);
    int bytes = CentroidRanking.codes(codebook).length;
    assertEquals(
        "centroid codes must have " + bytes + " bytes, got: 7",
        assertThrows(
                IllegalArgumentException.class, () -> new CentroidRanking(codebook, new byte[7]))
            .getMessage());
    assertEquals(
        "vectors must have 0 lists, got: 5",
        assertThrows(IllegalArgumentException.class, () -> ranking.with(reach(codebook)))
            .getMessage());
    Codebook products = codebook(Metric.INNER_PRODUCT, 6, 1, 0);
    assertEquals(
        "vectors must have 0 or 6 lists, got: 5",
        assertThrows(
                IllegalArgumentException.class,
                () -> new CentroidRanking(products).with(reach(codebook)))
            .getMessage());
    QueryCode query = new QueryCode(codebook.quantizer(), query(codebook, 1));
    assertEquals(
        "want must be in [1, 5], got: 6",
        assertThrows(
                IllegalArgumentException.class,
                () -> ranking.rank(query, 6, new int[6], new float[6]))
            .getMessage());
  }
}

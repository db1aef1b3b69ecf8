// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.clustering.ClusteringReport.Stop;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KMeansTest {

  private static Clustering cluster(FloatMatrix rows, KMeansParams params) throws IOException {
    return KMeans.cluster(rows, params, ClusteringListener.NONE);
  }

  private static void assertFinite(Clustering clustering) {
    for (float value : clustering.centroids().values()) {
      assertTrue(Float.isFinite(value), "centroid component " + value);
    }
    for (double value : clustering.report().objective()) {
      assertTrue(value >= 0 && value < Double.POSITIVE_INFINITY, "objective " + value);
    }
  }

  @Test
  void threadsDoNotChangeTheBytes() throws IOException {
    FloatMatrix rows = VectorGenerators.powerLaw(6000, 24, 40, 7);
    Clustering one = cluster(rows, new KMeansParams(64, 6, 1e-4, 2, 5, 1));
    Clustering four = cluster(rows, new KMeansParams(64, 6, 1e-4, 2, 5, 4));
    assertArrayEquals(one.centroids().values(), four.centroids().values());
    assertArrayEquals(one.assignment().lists(), four.assignment().lists());
    assertArrayEquals(one.assignment().distances(), four.assignment().distances());
    assertArrayEquals(one.report().objective(), four.report().objective());
    Clustering other = cluster(rows, new KMeansParams(64, 6, 1e-4, 2, 6, 1));
    assertTrue(!Arrays.equals(one.centroids().values(), other.centroids().values()));
  }

  @Test
  void objectiveFallsAndBeatsRandomCentroids() throws IOException {
    FloatMatrix rows = VectorGenerators.clusters(5000, 16, 30, 0.3, 11);
    Clustering clustering = cluster(rows, KMeansParams.of(40, 3));
    double[] objective = clustering.report().objective();
    for (int i = 1; i < objective.length - 1; i++) {
      assertTrue(objective[i] <= objective[i - 1] * (1 + 1e-6), Arrays.toString(objective));
    }
    assertEquals(objective.length - 1, clustering.report().shift().length);
    FloatMatrix random = VectorGenerators.slice(rows, 0, 40);
    double randomly = new Assigner(random, rows.mean()).assign(rows, 1).objective();
    assertTrue(clustering.assignment().objective() < 0.6 * randomly, "random " + randomly);
    assertEquals(40, clustering.centroids().rows());
    assertEquals(0, clustering.report().sizes().empty());
  }

  @Test
  void fewRowsAtFirstAndNearbyListsAtLastCostLittle() throws IOException {
    FloatMatrix rows = VectorGenerators.clusters(20_000, 12, 300, 0.5, 4);
    Clustering one = cluster(rows, new KMeansParams(160, 10, 1e-4, 4, 5, 1));
    Clustering three = cluster(rows, new KMeansParams(160, 10, 1e-4, 4, 5, 3));
    assertArrayEquals(one.centroids().values(), three.centroids().values());
    assertArrayEquals(one.report().objective(), three.report().objective());
    Lloyd lloyd = new Lloyd(rows, new Workers(1));
    FloatMatrix centroids = Seeding.choose(rows, 160, 6, new Workers(1), Workers.Tick.NONE);
    for (int i = 0; i < 10; i++) {
      Assignment exact = lloyd.assign(centroids, Workers.Tick.NONE);
      centroids = lloyd.means(ListMembers.of(exact), centroids, Workers.Tick.NONE);
    }
    double plain = lloyd.assign(centroids, Workers.Tick.NONE).objective();
    assertTrue(
        one.assignment().objective() < 1.03 * plain,
        () -> one.assignment().objective() + " plain " + plain);
  }

  @Test
  void nearbyAssignmentIsNearlyExactAndNeverWorseThanBefore() throws IOException {
    FloatMatrix rows = VectorGenerators.clusters(10_000, 12, 300, 0.5, 4);
    Lloyd lloyd = new Lloyd(rows, new Workers(1));
    FloatMatrix first = VectorGenerators.slice(rows, 0, 200);
    Assignment before = lloyd.assign(first, Workers.Tick.NONE);
    FloatMatrix moved = lloyd.means(ListMembers.of(before), first, Workers.Tick.NONE);
    Assignment nearby = lloyd.assignNearby(moved, before, Workers.Tick.NONE);
    Assignment exact = lloyd.assign(moved, Workers.Tick.NONE);
    int other = 0;
    for (int row = 0; row < rows.rows(); row++) {
      boolean same = exact.lists()[row] == nearby.lists()[row];
      assertTrue(same || exact.distances()[row] <= nearby.distances()[row], "row " + row);
      other += same ? 0 : 1;
    }
    assertTrue(other < 300, "rows not in their nearest list: " + other);
    assertTrue(nearby.objective() < before.objective(), "objective " + nearby.objective());
    assertTrue(nearby.objective() < 1.01 * exact.objective(), "objective " + nearby.objective());
  }

  @Test
  void assignmentIsThatOfTheFinalCentroids() throws IOException {
    FloatMatrix rows = VectorGenerators.imbalanced(4000, 12, 2);
    Clustering clustering = cluster(rows, new KMeansParams(50, 5, 0, 1.5, 1, 1));
    Assignment again = new Assigner(clustering.centroids(), rows.mean()).assign(rows, 1);
    assertArrayEquals(again.lists(), clustering.assignment().lists());
    assertArrayEquals(again.sizes(), clustering.assignment().sizes());
    assertEquals(again.objective(), clustering.assignment().objective());
  }

  @Test
  void allEqualVectorsGiveOneList() throws IOException {
    float[] values = new float[300 * 3];
    Arrays.fill(values, -2.5f);
    Clustering clustering = cluster(new FloatMatrix(values, 300, 3), KMeansParams.of(10, 1));
    assertEquals(1, clustering.centroids().rows());
    assertArrayEquals(new float[] {-2.5f, -2.5f, -2.5f}, clustering.centroids().values());
    assertEquals(Stop.ALL_DISTINCT, clustering.report().stop());
    assertEquals(0, clustering.report().objective()[0]);
  }

  @Test
  void fewerDistinctVectorsThanListsGiveOneListEach() throws IOException {
    FloatMatrix rows = VectorGenerators.duplicates(900, 8, 7, 1, 3);
    Clustering clustering = cluster(rows, KMeansParams.of(20, 1));
    assertEquals(7, clustering.centroids().rows());
    assertEquals(Stop.ALL_DISTINCT, clustering.report().stop());
    for (int i = 0; i < rows.rows(); i++) {
      int list = clustering.assignment().lists()[i];
      assertArrayEquals(rows.row(i), clustering.centroids().row(list));
    }
  }

  @Test
  void moreListsThanVectorsGiveOneListPerVector() throws IOException {
    FloatMatrix rows = VectorGenerators.uniform(5, 4, 1);
    Clustering clustering = cluster(rows, KMeansParams.of(64, 1));
    assertEquals(5, clustering.centroids().rows());
    assertArrayEquals(new int[] {1, 1, 1, 1, 1}, clustering.assignment().sizes());
  }

  @Test
  void negativeZeroIsZero() throws IOException {
    FloatMatrix rows = new FloatMatrix(new float[] {0f, -0f, 0f, 1f}, 4, 1);
    assertEquals(2, cluster(rows, KMeansParams.of(4, 1)).centroids().rows());
  }

  @ParameterizedTest
  @ValueSource(floats = {1e-38f, 1e-20f, 1f, 1e18f})
  void anyScaleGivesTheSameLists(float scale) throws IOException {
    FloatMatrix plain = VectorGenerators.clusters(1500, 16, 12, 0.2, 5);
    FloatMatrix rows = VectorGenerators.scaled(plain, scale);
    VectorSpace space = VectorSpace.fitting(Metric.EUCLIDEAN, rows.values());
    space.map(rows.values(), 0, rows.rows(), rows.dim());
    Clustering clustering = cluster(rows, KMeansParams.of(12, 9));
    assertFinite(clustering);
    assertTrue(clustering.assignment().objective() > 0);
    assertTrue(clustering.report().sizes().imbalance() < 1.5, clustering.report().toString());
  }

  @Test
  void duplicatesWithOthersKeepTheCap() throws IOException {
    FloatMatrix rows = VectorGenerators.duplicates(4000, 8, 3, 0.5, 4);
    Clustering clustering = cluster(rows, new KMeansParams(40, 8, 1e-4, 2, 1, 1));
    assertFinite(clustering);
    assertEquals(40, clustering.centroids().rows());
    assertCapHeld(rows, clustering, 2);
    assertEquals(3, clustering.report().duplicateLists());
  }

  @ParameterizedTest
  @ValueSource(doubles = {1.5, 2, 4})
  void capIsHeld(double factor) throws IOException {
    FloatMatrix rows = VectorGenerators.imbalanced(5000, 16, 9);
    Clustering clustering = cluster(rows, new KMeansParams(50, 8, 1e-4, factor, 1, 2));
    assertCapHeld(rows, clustering, factor);
    assertEquals(50, clustering.centroids().rows());
    assertEquals(0, clustering.report().sizes().empty());
  }

  @Test
  void oneHeavyListIsSplitAndTinyOnesAreDissolved() throws IOException {
    // 60 far groups of ten draw a first centroid each; the other 5400 would share what is left.
    FloatMatrix dense = VectorGenerators.uniform(6000, 8, 2);
    float[] values = dense.values();
    for (int i = 0; i < 6000; i += 10) {
      values[i * 8 + i % 8] += 1000f * (1 + i / 10 % 60);
    }
    FloatMatrix rows = new FloatMatrix(values, 6000, 8);
    Clustering clustering = cluster(rows, KMeansParams.of(64, 1));
    assertCapHeld(rows, clustering, 4);
    assertTrue(clustering.report().splitLists() > 0, clustering.report().toString());
  }

  @Test
  void emptyListsAreRepaired() throws IOException {
    // Seeding looks at every 20th of these rows, which have five values: most centroids start
    // equal.
    FloatMatrix rows = VectorGenerators.uniform(20 * 1024, 3, 8);
    for (int i = 0; i < rows.rows(); i += 20) {
      float value = i / 20 % 5;
      Arrays.fill(rows.values(), i * 3, i * 3 + 3, value);
    }
    Clustering clustering = cluster(rows, new KMeansParams(32, 10, 0, 4, 1, 1));
    assertFinite(clustering);
    assertEquals(0, clustering.report().sizes().empty(), clustering.report().toString());
    assertTrue(clustering.report().repairedLists() > 0, clustering.report().toString());
    double[] objective = clustering.report().objective();
    double iterated = objective[objective.length - 2];
    assertTrue(iterated < 1.2 * objective[objective.length - 1], Arrays.toString(objective));
  }

  @Test
  void listenerHearsEveryPhaseAndMayStop() throws IOException {
    FloatMatrix rows = VectorGenerators.uniform(3000, 8, 1);
    Set<ClusteringListener.Phase> phases = EnumSet.noneOf(ClusteringListener.Phase.class);
    KMeansParams params = new KMeansParams(30, 4, 0, 4, 1, 2);
    KMeans.cluster(
        rows,
        params,
        (phase, percent, _) -> {
          assertTrue(percent >= 0 && percent <= 100, "percent " + percent);
          phases.add(phase);
        });
    assertEquals(EnumSet.allOf(ClusteringListener.Phase.class), phases);
    for (ClusteringListener.Phase at : ClusteringListener.Phase.values()) {
      IOException stop =
          assertThrows(
              IOException.class,
              () ->
                  KMeans.cluster(
                      rows,
                      params,
                      (phase, _, _) -> {
                        if (phase == at) {
                          throw new IOException("stop");
                        }
                      }));
      assertEquals("stop", stop.getMessage());
    }
  }

  @Test
  void noRowsAreRefused() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> cluster(new FloatMatrix(new float[0], 0, 3), KMeansParams.of(1, 1)));
    assertEquals("rows must be at least 1, got: 0", e.getMessage());
  }

  /** Every list within the cap, or filled beyond it by one vector alone. */
  static void assertCapHeld(FloatMatrix rows, Clustering clustering, double factor) {
    int nlist = clustering.centroids().rows();
    int cap = (int) Math.ceil(factor * rows.rows() / nlist);
    ListMembers members = ListMembers.of(clustering.assignment());
    for (int list = 0; list < nlist; list++) {
      if (members.size(list) > cap) {
        FloatMatrix own = members.copy(rows, list, Integer.MAX_VALUE);
        DistinctRows distinct = new DistinctRows(own);
        int[] counts = new int[own.rows()];
        for (int i = 0; i < own.rows(); i++) {
          counts[distinct.add(i)]++;
        }
        assertTrue(
            Arrays.stream(counts).max().getAsInt() > cap,
            "list " + list + " has " + members.size(list) + " > " + cap);
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class HierarchicalKMeansTest {

  private static Clustering cluster(FloatMatrix rows, KMeansParams params, int flatLists)
      throws IOException {
    return KMeans.cluster(rows, params, ClusteringListener.NONE, flatLists);
  }

  @Test
  void isNearlyAsGoodAsFlat() throws IOException {
    FloatMatrix rows = VectorGenerators.powerLaw(8000, 12, 60, 4);
    Clustering flat = cluster(rows, KMeansParams.of(150, 3), 1000);
    Clustering split = cluster(rows, KMeansParams.of(150, 3), 100);
    double ratio = split.assignment().objective() / flat.assignment().objective();
    assertTrue(ratio < 1.08, "ratio " + ratio);
    assertEquals(150, split.centroids().rows());
    assertEquals(0, split.report().sizes().empty());
    assertTrue(split.report().shift().length <= 2);
  }

  @Test
  void threadsDoNotChangeTheBytes() throws IOException {
    FloatMatrix rows = VectorGenerators.imbalanced(4000, 10, 8);
    Clustering one = cluster(rows, new KMeansParams(120, 6, 1e-4, 2, 5, 1), 50);
    Clustering four = cluster(rows, new KMeansParams(120, 6, 1e-4, 2, 5, 4), 50);
    assertArrayEquals(one.centroids().values(), four.centroids().values());
    assertArrayEquals(one.assignment().lists(), four.assignment().lists());
  }

  @Test
  void capHoldsAndEmptyListsAreFilledAmongDuplicates() throws IOException {
    FloatMatrix rows = VectorGenerators.duplicates(5000, 6, 4, 0.6, 2);
    Clustering clustering = cluster(rows, new KMeansParams(100, 8, 1e-4, 3, 1, 1), 50);
    KMeansTest.assertCapHeld(rows, clustering, 3);
    assertEquals(100, clustering.centroids().rows());
    assertEquals(0, clustering.report().sizes().empty());
    assertEquals(4, clustering.report().duplicateLists());
  }
}

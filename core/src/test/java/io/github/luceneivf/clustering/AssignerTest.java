// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.kernel.ScalarKernel;
import io.github.luceneivf.testdata.ExactNeighbors;
import io.github.luceneivf.testdata.VectorGenerators;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AssignerTest {

  private final FloatMatrix rows = VectorGenerators.clusters(700, 19, 30, 0.5, 1);
  private final FloatMatrix centroids = VectorGenerators.slice(rows, 100, 190);
  private final float[] mean = rows.mean();

  @Test
  void everyRowGetsItsNearestCentroid() {
    Assignment assignment = new Assigner(centroids, mean).assign(rows, 1);
    for (int i = 0; i < rows.rows(); i++) {
      double[] distances = ExactNeighbors.distances(centroids, rows.row(i), Metric.EUCLIDEAN);
      double least = Arrays.stream(distances).min().getAsDouble();
      assertEquals(least, distances[assignment.lists()[i]], 1e-5 * (1 + least));
      assertEquals(least, assignment.distances()[i], 1e-5 * (1 + least));
    }
    for (int i = 0; i < 90; i++) {
      assertEquals(0f, assignment.distances()[100 + i]);
    }
  }

  @Test
  void batchesThreadsAndKernelsDoNotMatter() {
    Assignment whole = new Assigner(centroids, mean).assign(rows, 1);
    Assignment threads = new Assigner(centroids, mean).assign(rows, 3);
    Assignment scalar = new Assigner(centroids, mean, new ScalarKernel()).assign(rows, 1);
    int[] lists = new int[rows.rows() + 3];
    float[] distances = new float[rows.rows() + 3];
    Assigner assigner = new Assigner(centroids, mean, Kernels.get());
    for (int from = 0, step = 1; from < rows.rows(); from += step, step = 1 + step * 3 % 41) {
      int count = Math.min(step, rows.rows() - from);
      assigner.fork().assign(rows.values(), from * 19, count, lists, distances, from + 3);
      int[] alone = new int[count + 1];
      assigner.assignLists(rows.values(), from * 19, count, alone, new float[count + 1], 1);
      assertArrayEquals(
          Arrays.copyOfRange(lists, from + 3, from + 3 + count),
          Arrays.copyOfRange(alone, 1, count + 1));
    }
    assertArrayEquals(whole.lists(), threads.lists());
    assertArrayEquals(whole.distances(), threads.distances());
    assertArrayEquals(whole.lists(), scalar.lists());
    assertArrayEquals(whole.distances(), scalar.distances());
    assertArrayEquals(whole.lists(), Arrays.copyOfRange(lists, 3, 703));
    assertArrayEquals(whole.distances(), Arrays.copyOfRange(distances, 3, 703));
  }

  @Test
  void aCommonOffsetDoesNotCostDigits() {
    // Without the shift by the mean, products of 1e4 leave nothing of distances of 0.1.
    float[] far = rows.values().clone();
    for (int i = 0; i < far.length; i++) {
      far[i] = (float) Math.rint(far[i] * 64) / 64 + 1e4f;
    }
    FloatMatrix offset = new FloatMatrix(far, rows.rows(), rows.dim());
    FloatMatrix own = VectorGenerators.slice(offset, 0, 600);
    Assignment assignment = new Assigner(own, offset.mean()).assign(own, 1);
    int self = 0;
    for (int i = 0; i < 600; i++) {
      self += assignment.distances()[i] == 0 ? 1 : 0;
    }
    assertEquals(600, self);
  }

  @Test
  void sizesAndObjectiveBelongToTheLists() {
    Assignment assignment = new Assigner(centroids, mean).assign(rows, 2);
    assertEquals(700, Arrays.stream(assignment.sizes()).sum());
    assertEquals(700, assignment.size());
    double sum = 0;
    for (float distance : assignment.distances()) {
      sum += distance;
    }
    assertEquals(sum / 700, assignment.objective(), 1e-9);
  }

  @Test
  void rowsAreNotModified() {
    float[] before = rows.values().clone();
    new Assigner(centroids, mean).assign(rows, 1);
    assertArrayEquals(before, rows.values());
  }

  @Test
  void argumentsAreChecked() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> new Assigner(centroids, new float[3]));
    assertEquals("mean must have 19 components, got: 3", e.getMessage());
    e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Assigner(new FloatMatrix(new float[0], 0, 19), mean));
    assertEquals("centroids must have at least 1 row, got: 0", e.getMessage());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.clustering.Metric;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Hdf5FileTest {

  @TempDir Path temp = Path.of("");

  private Path file(String distance, Object test, int[][] neighbors) {
    Path file = temp.resolve("tiny-2-" + distance + ".hdf5");
    try (WritableHdfFile hdf = HdfFile.write(file)) {
      hdf.putAttribute("distance", distance);
      hdf.putDataset("train", new float[][] {{3, 4}, {1, 0}, {0, 2}});
      hdf.putDataset("test", test);
      hdf.putDataset("neighbors", neighbors);
      hdf.putDataset("distances", new float[][] {{0.5f, 2}});
    }
    return file;
  }

  @Test
  void euclideanSetsAreReadAsTheyAre() throws IOException {
    DataSet set = Hdf5File.open(file("euclidean", new float[][] {{1, 1}}, new int[][] {{1, 2}}));
    assertEquals("tiny-2-euclidean", set.name());
    assertEquals(Metric.EUCLIDEAN, set.metric());
    assertArrayEquals(new float[] {3, 4, 1, 0, 0, 2}, set.base().matrix(0, 3).values());
    assertArrayEquals(new float[] {1, 1}, set.queries().values());
    assertArrayEquals(new int[] {1, 2}, set.neighbors().ords());
    assertArrayEquals(new float[] {-0.25f, -4}, set.neighbors().scores());
  }

  @Test
  void angularSetsAreScaledToUnitLength() throws IOException {
    DataSet set = Hdf5File.open(file("angular", new float[][] {{0, 9}}, new int[][] {{2, 0}}));
    assertEquals(Metric.COSINE, set.metric());
    assertArrayEquals(new float[] {0.6f, 0.8f}, set.base().row(0), 1e-7f);
    assertArrayEquals(new float[] {0, 1}, set.queries().values(), 1e-7f);
    assertArrayEquals(new float[] {0.5f, -1}, set.neighbors().scores());
  }

  private static void rejected(String end, Path file) {
    IOException e = assertThrows(DataFileException.class, () -> Hdf5File.open(file).base());
    assertTrue(String.valueOf(e.getMessage()).endsWith(end), e.toString());
  }

  @Test
  void wrongContentsAreReported() throws IOException {
    float[][] query = {{1, 1}};
    int[][] truth = {{1, 2}};
    rejected(
        "attribute distance must be euclidean or angular, got: jaccard",
        file("jaccard", query, truth));
    rejected(
        "test must be a matrix of float [n × n], got: double [1, 2]",
        file("euclidean", new double[][] {{1, 1}}, truth));
    rejected(
        "neighbors must be a matrix of int [1 × n], got: int [2, 1]",
        file("euclidean", query, new int[][] {{1}, {2}}));
    rejected(
        "distances must be a matrix of float [1 × 1], got: float [1, 2]",
        file("euclidean", query, new int[][] {{1}}));
    Path outside = file("euclidean", query, new int[][] {{1, 3}});
    DataSet set = Hdf5File.open(outside);
    IOException e = assertThrows(IOException.class, set::base);
    assertEquals(
        "tiny-2-euclidean: neighbour 1 of query 0 must be in [0, 3), got: 3", e.getMessage());
    Path wide = file("euclidean", new float[][] {{1, 1, 1}}, truth);
    DataSet uneven = Hdf5File.open(wide);
    assertThrows(IOException.class, uneven::base);
  }

  @Test
  void brokenFilesAreReportedAndNeverReadWrong() throws IOException {
    byte[] whole =
        Files.readAllBytes(file("euclidean", new float[][] {{1, 1}}, new int[][] {{1, 2}}));
    Path cut = temp.resolve("cut.hdf5");
    for (int length = 0; length < whole.length; length += 97) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThrows(
          DataFileException.class, () -> Hdf5File.open(cut).base(), "cut at byte " + length);
    }
  }
}

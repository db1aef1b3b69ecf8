// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSetsTest {

  @TempDir Path temp = Path.of("");

  private void fvecs(String name, float[]... rows) throws IOException {
    try (VecsWriter out = new VecsWriter(temp.resolve(name))) {
      for (float[] row : rows) {
        out.row(row);
      }
    }
  }

  @Test
  void foldersAreReadAsTheCollectionsHaveThem() throws IOException {
    fvecs("x_base.fvecs", new float[] {0, 0}, new float[] {3, 0}, new float[] {0, 5});
    fvecs("x_query.fvecs", new float[] {3, 4});
    DataSet searched = new DataSets(temp, temp).open(temp.toString());
    assertArrayEquals(new int[] {2, 1, 0}, searched.neighbors().ords());
    assertArrayEquals(new float[] {-10, -16, -25}, searched.neighbors().scores());
    DataSet cosine = DataSets.folder(temp, Metric.COSINE);
    assertArrayEquals(new int[] {2, 1, 0}, cosine.neighbors().ords());
    assertEquals(0.8f, cosine.neighbors().score(0, 0), 1e-6f);
    try (VecsWriter out = new VecsWriter(temp.resolve("x_groundtruth.ivecs"))) {
      out.row(new int[] {2, 1});
    }
    DataSet stored = DataSets.folder(temp, Metric.EUCLIDEAN);
    assertEquals(2, stored.neighbors().k());
    assertEquals(-16, stored.neighbors().score(0, 1));
  }

  @Test
  void unknownNamesAndWrongFoldersAreReported() throws IOException {
    DataSets sets = new DataSets(temp, temp);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> sets.open("mnist"));
    assertTrue(String.valueOf(e.getMessage()).endsWith("got: mnist"), e.toString());
    assertThrows(DataFileException.class, () -> sets.open(temp.toString()));
    fvecs("base.fvecs", new float[] {0, 0});
    fvecs("queries.fvecs", new float[] {3, 4, 5});
    IOException wide =
        assertThrows(DataFileException.class, () -> DataSets.folder(temp, Metric.EUCLIDEAN));
    assertTrue(String.valueOf(wide.getMessage()).endsWith("dim must be the base's, 2, got: 3"));
    Files.move(temp.resolve("base.fvecs"), temp.resolve("base.txt"));
    assertThrows(DataFileException.class, () -> DataSets.folder(temp, Metric.EUCLIDEAN));
    assertThrows(IOException.class, () -> sets.open("wordnet-minilm"));
  }

  @Test
  void equallyNearVectorsAreInterchangeable() throws IOException {
    FloatMatrix base = new FloatMatrix(new float[] {1, -1, 1, 5, 9}, 5, 1);
    FloatMatrix queries = new FloatMatrix(new float[] {0}, 1, 1);
    DataSet set =
        DataSet.of("ties", Metric.EUCLIDEAN, VectorRows.of(base), queries, new int[][] {{0, 1}});
    assertEquals(1, set.recall(0, new int[] {2, 1}, 2, 2));
    assertEquals(0.5, set.recall(0, new int[] {2, 3}, 2, 2));
    assertEquals(0.5, set.recall(0, new int[] {1}, 1, 2));
    assertEquals(0, set.recall(0, new int[] {4, 3, 1}, 3, 2));
    assertEquals(1, set.firstQueries(1).queries().rows());
  }

  @Test
  void truthOfUnevenRowsIsReported() throws IOException {
    Path ords = temp.resolve("t.ivecs");
    try (VecsWriter out = new VecsWriter(ords)) {
      out.row(new int[] {0, 1});
      out.row(new int[] {0});
    }
    Path figures = temp.resolve("t.fvecs");
    fvecs("t.fvecs", new float[] {0, 1});
    IOException e =
        assertThrows(DataFileException.class, () -> Truth.read(ords, figures, Metric.EUCLIDEAN));
    assertTrue(String.valueOf(e.getMessage()).endsWith("row 1 must have 2 neighbours, got: 1"));
    try (VecsWriter out = new VecsWriter(ords)) {
      out.row(new int[] {0, 1, 2});
    }
    assertThrows(DataFileException.class, () -> Truth.read(ords, figures, Metric.EUCLIDEAN));
  }
}

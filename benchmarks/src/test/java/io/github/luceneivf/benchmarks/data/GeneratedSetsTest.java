// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedSetsTest {

  @TempDir Path temp = Path.of("");

  private DataSet open(String name) throws IOException {
    return new DataSets(temp, temp.resolve("made")).open(name);
  }

  @Test
  void clusteredSetsAreTheSameEveryTime() throws IOException {
    isTheSameEveryTime(new ClusteredRecipe(300, 16, 10, 7), new ClusteredRecipe(300, 16, 10, 8));
  }

  private void isTheSameEveryTime(Recipe recipe, Recipe ofAnotherSeed) throws IOException {
    Path first = Files.createDirectory(temp.resolve("first"));
    Path second = Files.createDirectory(temp.resolve("second"));
    recipe.write(first);
    recipe.write(second);
    for (String file : new String[] {recipe.base(), recipe.queries(), Recipe.LABELS}) {
      assertEquals(-1, Files.mismatch(first.resolve(file), second.resolve(file)), file);
    }
    ofAnotherSeed.write(second);
    assertTrue(Files.mismatch(first.resolve("base.fvecs"), second.resolve("base.fvecs")) >= 0);
  }

  @Test
  void embeddingsAreOfUnitLengthAndTheirSpectrumFallsSlowly() throws IOException {
    DataSet set = open("embeddings-3000x96");
    assertEquals(Metric.COSINE, set.metric());
    assertEquals(96, set.dim());
    FloatMatrix rows = set.base().matrix(0, 3_000);
    for (int row = 0; row < 3_000; row++) {
      assertEquals(1, length(rows.row(row)), 1e-5);
    }
    // The largest variance along any direction is that of the first of the spectrum: of 96 shares
    // of 1/(1 + i/10) it is 1 in 23.6, and a little more as the basis is not quite orthogonal.
    double largest = largestVariance(rows);
    assertTrue(largest > 0.04 && largest < 0.12, "largest " + largest);
    double near = set.neighbors().score(0, 9);
    assertTrue(near > 0.5 && near < 0.99, "tenth " + near);
  }

  @Test
  void lengthsDifferOfRowsAndNotOfQueries() throws IOException {
    DataSet set = open("lengths-3000x32");
    assertEquals(Metric.INNER_PRODUCT, set.metric());
    FloatMatrix rows = set.base().matrix(0, 3_000);
    double sum = 0;
    double squares = 0;
    for (int row = 0; row < 3_000; row++) {
      double log = Math.log(length(rows.row(row)));
      sum += log;
      squares += log * log;
    }
    double mean = sum / 3_000;
    assertEquals(0, mean, 0.03);
    assertEquals(0.5, Math.sqrt(squares / 3_000 - mean * mean), 0.03);
    assertEquals(1, length(set.queries().row(5)), 1e-5);
    assertEquals(set.nearness(0, set.neighbors().ord(0, 0)), set.neighbors().score(0, 0), 1e-4);
  }

  @Test
  void embeddingsAreTheSameEveryTime() throws IOException {
    isTheSameEveryTime(
        new EmbeddingRecipe(300, 16, 10, true, 7), new EmbeddingRecipe(300, 16, 10, true, 8));
  }

  private static double length(float[] vector) {
    double squares = 0;
    for (float x : vector) {
      squares += (double) x * x;
    }
    return Math.sqrt(squares);
  }

  /** By power iteration, as a share of the whole variance. */
  private static double largestVariance(FloatMatrix rows) {
    int dim = rows.row(0).length;
    double[] mean = new double[dim];
    for (int row = 0; row < rows.rows(); row++) {
      for (int d = 0; d < dim; d++) {
        mean[d] += rows.row(row)[d] / rows.rows();
      }
    }
    double whole = 1 - Arrays.stream(mean).map(x -> x * x).sum();
    double[] direction = new SplittableRandom(1).doubles(dim, -1, 1).toArray();
    double variance = 0;
    for (int round = 0; round < 30; round++) {
      double[] next = new double[dim];
      for (int row = 0; row < rows.rows(); row++) {
        float[] vector = rows.row(row);
        double along = 0;
        for (int d = 0; d < dim; d++) {
          along += (vector[d] - mean[d]) * direction[d];
        }
        for (int d = 0; d < dim; d++) {
          next[d] += along * (vector[d] - mean[d]) / rows.rows();
        }
      }
      double norm = Math.sqrt(Arrays.stream(next).map(x -> x * x).sum());
      for (int d = 0; d < dim; d++) {
        direction[d] = next[d] / norm;
      }
      variance = norm;
    }
    return variance / whole;
  }

  @Test
  void clustersAreTightAndOfPowerLawSizes() throws IOException {
    DataSet set = open("clustered-20k");
    assertEquals(20_000, set.base().size());
    assertEquals(128, set.dim());
    assertEquals(1000, set.queries().rows());
    assertEquals(100, set.neighbors().k());
    int[] labels = Objects.requireNonNull(set.labels());
    int largest = (int) Arrays.stream(labels).filter(label -> label == 0).count();
    int tenth = (int) Arrays.stream(labels).filter(label -> label == 9).count();
    // the share of cluster i is 1/(i + 1) of 8.18, the harmonic number of 2000
    assertEquals(20_000 / 8.18, largest, 200);
    assertEquals(2_000 / 8.18, tenth, 60);
    double near = -set.neighbors().score(0, 0);
    double any = 0;
    for (int ord = 0; ord < 200; ord++) {
      any -= set.nearness(0, ord) / 200;
    }
    assertTrue(near < 0.5 * any, "nearest " + near + ", average " + any);
  }

  @Test
  void setsAreKeptAndTheirChecksumsHeld() throws IOException {
    DataSet made = open("clustered-300x8");
    Path home = temp.resolve("made/clustered-300x8");
    long time = Files.getLastModifiedTime(home.resolve("base.fvecs")).toMillis();
    DataSet kept = open("clustered-300x8");
    assertArrayEquals(made.neighbors().ords(), kept.neighbors().ords());
    assertEquals(time, Files.getLastModifiedTime(home.resolve("base.fvecs")).toMillis());
    int[] top = Arrays.copyOf(kept.neighbors().ords(), 10);
    assertEquals(1, kept.recall(0, top, 10, 10));

    byte[] bytes = Files.readAllBytes(home.resolve("base.fvecs"));
    bytes[1000] ^= 1;
    Files.write(home.resolve("base.fvecs"), bytes);
    DataSet broken = open("clustered-300x8");
    IOException e = assertThrows(DataFileException.class, broken::base);
    assertTrue(String.valueOf(e.getMessage()).contains("CRC-32C must be "), e.toString());
  }

  @Test
  void setsOfAnotherRecipeAreMadeAnew() throws IOException {
    open("clustered-300x8");
    Path home = temp.resolve("made/clustered-300x8");
    Manifest manifest = Manifest.read(home);
    Files.writeString(
        home.resolve(Manifest.FILE),
        Files.readString(home.resolve(Manifest.FILE)).replace("clustered 1", "clustered 0"));
    assertFalse(Manifest.read(home).recipe().equals(manifest.recipe()));
    open("clustered-300x8");
    assertEquals(manifest, Manifest.read(home));
    Files.writeString(home.resolve(Manifest.FILE), "{");
    assertThrows(DataFileException.class, () -> open("clustered-300x8"));
  }

  /** Images of noise in the place of Fashion-MNIST. */
  private void images(String name, int count, long seed) throws IOException {
    Path folder = Files.createDirectories(temp.resolve("fashion-mnist"));
    SplittableRandom random = new SplittableRandom(seed);
    byte[] pixels = new byte[count * 784];
    random.nextBytes(pixels);
    try (DataOutputStream out =
        new DataOutputStream(
            new GZIPOutputStream(
                Files.newOutputStream(folder.resolve(name + "-images-idx3-ubyte.gz"))))) {
      out.writeInt(2051);
      out.writeInt(count);
      out.writeInt(28);
      out.writeInt(28);
      out.write(pixels);
    }
  }

  @Test
  void patchesAreDescribedByUnitHistograms() throws IOException {
    images("train", 20, 1);
    images("t10k", 40, 2);
    DataSet set = open("patches-400");
    assertEquals(400, set.base().size());
    assertEquals(1000, set.queries().rows());
    for (int row = 0; row < 400; row++) {
      double length = 0;
      for (float value : set.base().row(row)) {
        length += value * value;
      }
      assertEquals(512, Math.sqrt(length), 8);
    }
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> open("patches-1k"));
    assertTrue(
        String.valueOf(e.getMessage()).startsWith("vectors must be at most 500, as many as"),
        e.toString());
    assertThrows(IllegalArgumentException.class, () -> open("patches-400x64"));
  }

  @Test
  void aGradientToTheRightFillsTheFirstBin() {
    float[] ramp = new float[784];
    for (int i = 0; i < 784; i++) {
      ramp[i] = 9 * (i % 28);
    }
    PatchDescriptor descriptor = new PatchDescriptor(28);
    byte[] bytes = descriptor.describe(ramp, 6, 6).orElseThrow();
    for (int i = 0; i < PatchDescriptor.DIM; i++) {
      assertEquals(i % 8 == 0, bytes[i] != 0, "component " + i);
    }
    assertTrue(descriptor.describe(new float[784], 6, 6).isEmpty());
  }
}

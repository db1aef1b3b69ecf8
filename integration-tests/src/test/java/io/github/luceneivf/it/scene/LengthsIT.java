// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.scene;

import static org.apache.lucene.index.VectorSimilarityFunction.EUCLIDEAN;
import static org.apache.lucene.index.VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;

import io.github.luceneivf.it.scene.Question.Nearest;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Vectors of lengths that differ, and values out of scale. */
class LengthsIT {

  private static final int ROWS = Scene.FULL ? 60_000 : 12_000;
  private static final int QUERIES = Scene.FULL ? 1_000 : 300;

  @Test
  void innerProductOfGenerated() throws IOException {
    showInnerProducts(
        "inner product, lengths differ, generated", Sources.generated(64, ROWS, QUERIES));
  }

  @Test
  void innerProductOfWords() throws IOException {
    showInnerProducts(
        "inner product, lengths differ, sentences", Sources.words64(ROWS, QUERIES));
  }

  private static void showInnerProducts(String title, SceneData pool) throws IOException {
    Random random = new Random(Vectors.SEED);
    Stream<SceneData> lognormal =
        DoubleStream.of(0.5, 1)
            .mapToObj(
                sigma ->
                    lengths(
                        pool, "lognormal " + sigma, () -> Math.exp(sigma * random.nextGaussian())));
    SceneData wide =
        lengths(pool, "0.04 to 12", () -> 0.04 * Math.pow(300, random.nextDouble()));
    SceneData hubs = lengths(pool, "hubs", () -> random.nextInt(200) == 0 ? 5 : 1);
    SceneTable.show(
        title,
        Stream.concat(lognormal, Stream.of(wide, hubs))
            .flatMap(
                data ->
                    Stream.of(Layout.ONE, Layout.TEN_SMALL)
                        .map(layout -> new Scene(data, layout, new Nearest(10)))));
  }

  private static SceneData lengths(SceneData pool, String name, DoubleSupplier length) {
    float[][] rows =
        Arrays.stream(pool.documents())
            .map(row -> Vectors.scaled(row, length.getAsDouble()))
            .toArray(float[][]::new);
    return new SceneData(pool.name() + ", " + name, rows, pool.queries(), MAXIMUM_INNER_PRODUCT);
  }

  @Test
  void outOfScale() throws IOException {
    SceneData pool = Sources.generated(64, ROWS, QUERIES);
    Random random = new Random(Vectors.SEED);
    SceneData outliers = lengths(pool, "outliers", () -> random.nextInt(100) == 0 ? 30 : 1);
    SceneData data =
        new SceneData(outliers.name(), outliers.documents(), pool.queries(), EUCLIDEAN);
    SceneTable.show(
        "values out of scale",
        Stream.of(data, stretched(pool, 1, 50), stretched(pool, 3, 10), stretched(pool, 32, 10))
            .map(each -> new Scene(each, Layout.ONE, new Nearest(10))));
  }

  private static SceneData stretched(SceneData pool, int dims, int factor) {
    return new SceneData(
        "%s, %d dims times %d".formatted(pool.name(), dims, factor),
        stretched(pool.documents(), dims, factor),
        stretched(pool.queries(), dims, factor),
        EUCLIDEAN);
  }

  private static float[][] stretched(float[][] rows, int dims, int factor) {
    float[][] copies = Arrays.stream(rows).map(float[]::clone).toArray(float[][]::new);
    for (float[] copy : copies) {
      for (int i = 0; i < dims; i++) {
        copy[i] *= factor;
      }
    }
    return copies;
  }
}

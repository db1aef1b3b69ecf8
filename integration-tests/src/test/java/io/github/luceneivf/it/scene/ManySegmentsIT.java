// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.scene;

import static org.apache.lucene.index.VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;

import io.github.luceneivf.it.scene.Question.Accepted;
import io.github.luceneivf.it.scene.Question.Nearest;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Many segments, of one codebook and of several, and documents that come in an order. */
class ManySegmentsIT {

  /** So many that the nearest 1,000, and those of a filter, are not searched for exactly. */
  private static final int ROWS = Scene.FULL ? 20_000 : 12_000;

  private static final int QUERIES = Scene.FULL ? 500 : 150;

  @Test
  void generated() throws IOException {
    show("many segments, generated", Sources.generated(64, ROWS, QUERIES));
  }

  @Test
  void words() throws IOException {
    show("many segments, sentences in 64 dimensions", Sources.words64(ROWS, QUERIES));
  }

  /** All of a set at default settings. */
  @Test
  void allWords() throws IOException {
    if (Scene.FULL) {
      SceneData all = Sources.real("wordnet-minilm", Integer.MAX_VALUE, QUERIES);
      SceneData mixed =
          all.withDocuments(Vectors.shuffled(all.documents(), new Random(Vectors.SEED)));
      SceneTable.show("many segments, all sentences", ks(mixed, Layout.TEN, 10, 100, 1_000));
    }
  }

  private static Stream<Scene> ks(SceneData data, Layout layout, int... ks) {
    return Arrays.stream(ks).mapToObj(k -> new Scene(data, layout, new Nearest(k)));
  }

  private static void show(String title, SceneData pool) throws IOException {
    Random random = new Random(Vectors.SEED);
    SceneData mixed = pool.withDocuments(Vectors.shuffled(pool.documents(), random));
    float[] along = Vectors.direction(pool.dim(), 1, random);
    SceneData byPlace = ordered(mixed, "by place", row -> dot(row, along));
    SceneData ofLengths = ofLengths(mixed, random);
    SceneData byLength = ordered(ofLengths, "by length", row -> dot(row, row));
    SceneTable.show(
        title,
        Stream.of(
                ks(mixed, Layout.ONE, 10, 100, 1_000),
                ks(mixed, Layout.TEN_SMALL, 10, 100, 1_000),
                ks(byPlace, Layout.TEN_SMALL, 10, 100),
                ks(byLength, Layout.TEN_SMALL, 10, 100),
                ks(mixed, Layout.FOUR_CODEBOOKS, 10, 100),
                ks(ofLengths, Layout.FOUR_CODEBOOKS, 10),
                ks(mixed, Layout.UNEVEN, 10, 100),
                ks(mixed.named(mixed.name() + ", uneven"), Layout.UNEVEN_CODEBOOKS, 10, 100),
                ks(mixed, Layout.TEN_SMALL.then(Layout.After.MERGE_SORTED), 10),
                Stream.of(
                    new Scene(
                        mixed,
                        Layout.TEN_SMALL.then(Layout.After.DELETE),
                        new Accepted(10, "1 of 3", (_, _) -> row -> row % 3 == 0))))
            .flatMap(scenes -> scenes));
  }

  private static SceneData ofLengths(SceneData data, Random random) {
    float[][] rows =
        Arrays.stream(data.documents())
            .map(row -> Vectors.scaled(row, Math.exp(0.5 * random.nextGaussian())))
            .toArray(float[][]::new);
    return new SceneData(data.name() + ", lengths", rows, data.queries(), MAXIMUM_INNER_PRODUCT);
  }

  private static SceneData ordered(SceneData data, String name, ToDoubleFunction<float[]> by) {
    float[][] rows = data.documents().clone();
    Arrays.sort(rows, Comparator.comparingDouble(by));
    return data.withDocuments(rows).named(data.name() + ", " + name);
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.scene;

import io.github.luceneivf.it.scene.Layout.After;
import io.github.luceneivf.it.scene.Question.Nearest;
import io.github.luceneivf.it.scene.Question.Parents;
import java.io.IOException;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Groups of documents that are almost the same: chunks of texts, variants of products, frames. */
class NearCopiesIT {

  private static final int ROWS = 10_000;
  private static final int QUERIES = Scene.FULL ? 1_000 : 300;
  private static final int[] GROUPS =
      Scene.FULL ? new int[] {2, 5, 10, 20, 100} : new int[] {10, 100};
  private static final double[] NOISE =
      Scene.FULL ? new double[] {0.05, 0.3, 1} : new double[] {0.3};

  private static final int PARENTS = 500;
  private static final int CHILDREN = 20;

  private interface Originals {
    SceneData take(int rows, int queries) throws IOException;
  }

  @Test
  void generated() throws IOException {
    show("near copies, generated", (rows, queries) -> Sources.generated(64, rows, queries));
  }

  @Test
  void words() throws IOException {
    show(
        "near copies, sentences", (rows, queries) -> Sources.real("wordnet-minilm", rows, queries));
  }

  @Test
  void wordsInFewDimensions() throws IOException {
    show("near copies, sentences in 64 dimensions", Sources::words64);
  }

  @Test
  void images() throws IOException {
    show("near copies, images", (rows, queries) -> Sources.real("fashion-mnist", rows, queries));
  }

  private static void show(String title, Originals from) throws IOException {
    SceneData pool = from.take(ROWS, QUERIES);
    SceneTable.show(
        title,
        IntStream.of(GROUPS)
            .boxed()
            .flatMap(each -> DoubleStream.of(NOISE).mapToObj(noise -> copies(pool, each, noise)))
            .flatMap(data ->
                Stream.of(Layout.ONE, Layout.TEN_SMALL, Layout.TEN_SMALL.then(After.MERGE))
                    .map(layout -> new Scene(data, layout, new Nearest(10)))));
  }

  private static SceneData copies(SceneData pool, int each, double noise) {
    Random random = new Random(Vectors.SEED);
    float[][] originals = Vectors.shuffled(Vectors.thinned(pool.documents(), ROWS / each), random);
    return pool.withDocuments(Vectors.nearCopies(originals, each, noise, random))
        .named("%s, %d copies, noise %s".formatted(pool.name(), each, noise));
  }

  @Test
  void parentsOfWords() throws IOException {
    showParents("parents, sentences", Sources.real("wordnet-minilm", PARENTS, QUERIES));
  }

  @Test
  void parentsOfGenerated() throws IOException {
    showParents("parents, generated", Sources.generated(64, PARENTS, QUERIES));
  }

  private static void showParents(String title, SceneData pool) throws IOException {
    SceneTable.show(
        title,
        DoubleStream.of(NOISE)
            .mapToObj(noise -> copies(pool, CHILDREN, noise))
            .flatMap(data ->
                Stream.of(Layout.ONE, Layout.TEN_SMALL)
                    .map(layout -> layout.withChildren(CHILDREN))
                    .map(layout -> new Scene(data, layout, new Parents(10, CHILDREN)))));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.scene;

import io.github.luceneivf.it.scene.Question.Nearest;
import io.github.luceneivf.it.scene.Scene.Required;
import io.github.luceneivf.it.scene.Sources.Divided;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.junit.jupiter.api.Test;

/** Queries that look like no document, which held-out documents cannot stand for. */
class StrangeQueriesIT {

  private static final int ROWS = Scene.FULL ? 60_000 : 14_000;
  private static final int QUERIES = Scene.FULL ? 1_000 : 300;

  /** Without a sample of such queries. */
  private static final Required UNAIDED = Required.atLeast(0.90);

  @Test
  void shiftedWords() throws IOException {
    showShifted("queries beside the documents, sentences", Sources.words64(ROWS, QUERIES));
  }

  @Test
  void shiftedGenerated() throws IOException {
    showShifted(
        "queries beside the documents, generated", Sources.generated(64, ROWS, QUERIES));
  }

  private static void showShifted(String title, SceneData data) throws IOException {
    Random random = new Random(Vectors.SEED);
    float[] gap = Vectors.direction(data.dim(), 1, random);
    float[][] anything = Vectors.unit(Vectors.gaussian(QUERIES, data.dim(), random));
    Stream<SceneData> shifted =
        DoubleStream.of(1, 2)
            .mapToObj(length -> shifted(data, Vectors.scaled(gap, length), "gap " + length));
    SceneTable.show(
        title,
        Stream.concat(
                shifted, Stream.of(data.withQueries(anything).named(data.name() + ", random")))
            .map(StrangeQueriesIT::scene));
  }

  private static SceneData shifted(SceneData data, float[] gap, String name) {
    float[][] queries =
        Arrays.stream(data.queries())
            .map(query -> Vectors.unit(Vectors.sum(query, gap)))
            .toArray(float[][]::new);
    return data.withQueries(queries).named(data.name() + ", " + name);
  }

  private static Scene scene(SceneData data) {
    return scene(data, Layout.ONE);
  }

  private static Scene scene(SceneData data, Layout layout) {
    return new Scene(data, layout, new Nearest(10), UNAIDED);
  }

  @Test
  void topicsOfWords() throws IOException {
    for (String topic : new String[] {"noun.plant", "noun.food"}) {
      show("topic without documents, " + topic, Sources.words64Without(topic, ROWS));
    }
  }

  @Test
  void topicsOfGenerated() throws IOException {
    show("topic without documents, generated", withoutNearest());
  }

  /** A topic is what is nearest to some document. */
  private static Divided withoutNearest() {
    SceneData all = Sources.generated(64, ROWS * 5 / 4, 1);
    SceneData middle = all.withQueries(new float[][] {all.documents()[ROWS / 2]});
    Integer[] rows = new Integer[all.size()];
    Arrays.setAll(rows, row -> row);
    Arrays.sort(rows, Comparator.comparingDouble(row -> middle.score(0, row)));
    float[][] ascending =
        Arrays.stream(rows).map(row -> all.documents()[row]).toArray(float[][]::new);
    return new Divided(
        Vectors.shuffled(Arrays.copyOf(ascending, ROWS), new Random(Vectors.SEED)),
        Arrays.copyOfRange(ascending, ROWS, ascending.length));
  }

  /**
   * Without documents of the topic from the start; with some that are deleted; with some that come
   * last, after the training.
   */
  private static void show(String title, Divided divided) throws IOException {
    float[][] topic = Vectors.shuffled(divided.topic(), new Random(Vectors.SEED));
    float[][] queries = Arrays.copyOf(topic, Math.min(QUERIES, topic.length / 2));
    float[][] others = divided.documents();
    int gone = Math.min(others.length / 10, topic.length - queries.length);
    float[][] documents = Arrays.copyOf(others, gone * 10);
    System.arraycopy(topic, queries.length, documents, gone * 9, gone);
    SceneData never =
        new SceneData("never seen", others, queries, VectorSimilarityFunction.COSINE);
    SceneData late = never.withDocuments(documents).named("come last");
    SceneTable.show(
        title,
        Stream.of(
            scene(never),
            scene(late.named("deleted"), Layout.ONE.then(Layout.After.DELETE_LAST)),
            scene(late, Layout.TEN_SMALL),
            scene(late.named("deleted"), Layout.TEN_SMALL.then(Layout.After.DELETE_LAST))));
  }
}

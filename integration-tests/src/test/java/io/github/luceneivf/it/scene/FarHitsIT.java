// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.scene;

import io.github.luceneivf.it.scene.Question.Accepted;
import io.github.luceneivf.it.scene.Question.Within;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Searches that go on far from the query: for what a filter leaves, or down to a threshold. */
class FarHitsIT {

  private static final int QUERIES = Scene.FULL ? 300 : 60;

  @Test
  void filterThatAvoidsTheQuery() throws IOException {
    SceneData generated = Sources.generated(64, 14_000, QUERIES);
    showFar("filter that accepts the far half, generated", generated);
  }

  @Test
  void filterThatAvoidsTheQueryAmongWords() throws IOException {
    showFar("filter that accepts the far half, sentences", Sources.words64(14_000, QUERIES));
  }

  private static void showFar(String title, SceneData data) throws IOException {
    SceneTable.show(
        title,
        IntStream.of(10, 100)
            .mapToObj(k -> new Accepted(k, "far", FarHitsIT::farHalf))
            .map(question -> new Scene(data, Layout.ONE, question)));
  }

  private static IntPredicate farHalf(SceneData data, int query) {
    double[] scores = new double[data.size()];
    Arrays.setAll(scores, row -> data.score(query, row));
    double[] sorted = scores.clone();
    Arrays.sort(sorted);
    double median = sorted[sorted.length / 2];
    return row -> scores[row] < median;
  }

  @Test
  void range() throws IOException {
    showRange("range, generated", Sources.generated(64, 9_180, QUERIES));
  }

  @Test
  void rangeAmongWords() throws IOException {
    showRange("range, sentences", Sources.words64(9_180, QUERIES));
  }

  private static void showRange(String title, SceneData data) throws IOException {
    SceneTable.show(
        title,
        IntStream.of(100, 1_000, 5_000)
            .mapToObj(rank -> new Scene(data, Layout.ONE, new Within(rank))));
  }
}

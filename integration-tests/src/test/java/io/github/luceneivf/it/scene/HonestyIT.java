// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.scene;

import static io.github.luceneivf.it.scene.Layout.After.DELETE;
import static io.github.luceneivf.it.scene.Layout.After.MERGE;

import io.github.luceneivf.it.scene.Question.Aimed;
import io.github.luceneivf.it.scene.Scene.Required;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Whether the recall that is aimed at is the recall that is measured: not less, and not so much
 * more that time is wasted.
 */
class HonestyIT {

  private static final double[] TARGETS = {0.80, 0.90, 0.95, 0.99};
  private static final int[] KS = {1, 10, 100};
  private static final int QUERIES = Scene.FULL ? 4_000 : 1_000;

  /** How much less and more than the target the mean may be; and less, of one kind of query. */
  private static final double BELOW = 0.01;

  private static final double ABOVE = 0.04;
  private static final double BELOW_OF_A_KIND = 0.02;

  @Test
  void images() throws IOException {
    showReal("fashion-mnist");
  }

  @Test
  void words() throws IOException {
    showReal("wordnet-minilm", "definition", "example");
  }

  @Test
  void abstracts() throws IOException {
    showReal("scifact-minilm");
  }

  private static void showReal(String set, String... kinds) throws IOException {
    if (Scene.FULL) {
      SceneData data = Sources.real(set, Integer.MAX_VALUE, Integer.MAX_VALUE);
      List<SceneData> ofKinds = new ArrayList<>();
      SceneData mixed =
          data.withDocuments(Vectors.shuffled(data.documents(), new Random(Vectors.SEED)));
      for (String kind : kinds) {
        ofKinds.add(
            mixed.withQueries(Sources.wordQueries(mixed, kind)).named(set + ", " + kind));
      }
      show(mixed, ofKinds, Layout.ONE, Layout.TEN, Layout.TEN.then(MERGE), Layout.TEN.then(DELETE));
    }
  }

  @Test
  void fewDimensions() throws IOException {
    showGenerated(8);
  }

  @Test
  void someDimensions() throws IOException {
    showGenerated(100);
  }

  @Test
  void manyDimensions() throws IOException {
    if (Scene.FULL) {
      showGenerated(768);
    }
  }

  private static void showGenerated(int dim) throws IOException {
    Layout ten = Layout.TEN_SMALL;
    show(
        Sources.generated(dim, Scene.FULL ? 30_000 : 10_000, QUERIES),
        List.of(),
        Layout.ONE,
        ten,
        ten.then(MERGE),
        ten.then(DELETE));
  }

  private static void show(SceneData data, List<SceneData> kinds, Layout... layouts)
      throws IOException {
    SceneTable.show(
        "honesty, " + data.name(),
        Stream.of(layouts)
            .flatMap(
                layout ->
                    DoubleStream.of(TARGETS)
                        .boxed()
                        .flatMap(target -> scenes(data, kinds, layout, target))));
  }

  private static Stream<Scene> scenes(
      SceneData data, List<SceneData> kinds, Layout layout, double target) {
    Layout aimed = layout.aimedAt(target);
    Required honest = new Required(target - BELOW, target + ABOVE, 0);
    Stream<Scene> all =
        IntStream.of(KS).mapToObj(k -> new Scene(data, aimed, new Aimed(k), honest));
    Required ofKind = Required.atLeast(target - BELOW_OF_A_KIND);
    Stream<Scene> each =
        kinds.stream()
            .flatMap(
                kind ->
                    IntStream.of(KS)
                        .mapToObj(k -> new Scene(kind, aimed, new Aimed(k), ofKind)));
    return Stream.concat(all, each);
  }
}

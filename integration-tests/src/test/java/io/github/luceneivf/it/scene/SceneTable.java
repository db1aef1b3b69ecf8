// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.scene;

import io.github.luceneivf.it.scene.Scene.Required;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * Scenes measured one after the other. Indexes and truth are kept while the next scene has the same
 * data and layout.
 */
final class SceneTable implements Closeable {

  private static final String ROW = "%-40s %-13s %-14s %-10s %-44s  %-22s %s%n";

  private static final String HEAD = " mean            5 % worst   none  scanned";

  private final List<String> missed = new ArrayList<>();
  private @Nullable Scene last;
  private @Nullable Truth truth;
  private @Nullable SceneIndex ours;
  private @Nullable SceneIndex peer;

  private final String title;

  private SceneTable(String title) {
    this.title = title;
  }

  /**
   * Measures scenes and prints them as a table.
   *
   * @throws AssertionError if a scene misses what is required, or where that is known what it
   *     reached before, after all of them were measured
   */
  static void show(String title, Stream<Scene> scenes) throws IOException {
    System.out.printf("%n" + ROW, title, "segments", "asked", "by", HEAD, "required", "");
    try (SceneTable table = new SceneTable(title)) {
      for (Iterator<Scene> all = scenes.iterator(); all.hasNext(); ) {
        table.measure(all.next());
      }
      if (!table.missed.isEmpty()) {
        throw new AssertionError("missed:\n" + String.join("", table.missed));
      }
    }
  }

  private void measure(Scene scene) throws IOException {
    Scene before = last;
    last = scene;
    boolean sameLayout = before != null && before.layout().equals(scene.layout());
    if (before == null || !sameLayout || before.data().documents() != scene.data().documents()) {
      close();
    }
    Truth known = truth;
    if (known == null || !sameLayout || known.data() != scene.data()) {
      known = new Truth(scene.data(), scene.layout());
      truth = known;
    }
    for (Engine engine : Engine.measured()) {
      if (isWorthwhile(scene, engine)) {
        SceneIndex index = index(scene, engine);
        print(scene, engine, Figures.measure(index, known, scene.question(), engine));
      }
    }
  }

  /**
   * Returns whether an engine can tell something that another does not: one segment is searched
   * alike by whichever query it is asked, and where time is short Lucene's query is only asked what
   * there is no other for.
   */
  private static boolean isWorthwhile(Scene scene, Engine engine) {
    boolean spared = engine == Engine.STOCK && (scene.layout().isOne() || !Scene.FULL);
    return scene.question().suits(engine) && !(spared && scene.question().suits(Engine.OURS));
  }

  private SceneIndex index(Scene scene, Engine engine) throws IOException {
    SceneIndex known = engine.isOurs() ? ours : peer;
    if (known == null) {
      known = SceneIndex.write(scene.data(), scene.layout(), engine.codec(scene.layout().params()));
      if (engine.isOurs()) {
        ours = known;
      } else {
        peer = known;
      }
    }
    return known;
  }

  private void print(Scene scene, Engine engine, Figures figures) {
    String verdict = engine.isOurs() ? scene.required().verdict(figures) : "";
    double floor = verdict.equals(Required.MISSED) ? KnownMisses.floor(title, scene) : 0;
    String row =
        ROW.formatted(
            scene.data().name(),
            scene.layout(),
            scene.question().label(),
            engine,
            figures,
            engine.isOurs() ? scene.required() : "",
            verdict.equals(Required.MISSED) && KnownMisses.has(title, scene)
                ? verdict + ", known"
                : verdict);
    System.out.print(row);
    if (verdict.equals(Required.MISSED) && figures.mean() < floor) {
      missed.add(row);
    }
  }

  @Override
  public void close() throws IOException {
    SceneIndex first = ours;
    SceneIndex second = peer;
    ours = null;
    peer = null;
    IOUtils.close(first, second);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Searches find what they found when they were recorded, and look at as much for it: the same
 * documents and the same report, on every machine and at every width of vectors. {@code
 * -Divf.record=true} records them anew, where hits are meant to change or codebooks are trained in
 * another way.
 */
@Execution(ExecutionMode.SAME_THREAD)
class SearchIdentityTest {

  private static final String RESOURCE = "recorded-searches.txt";

  /** The recorded lines of each scene. */
  private static Map<String, List<String>> recorded() throws IOException {
    Map<String, List<String>> recorded = new LinkedHashMap<>();
    try (InputStream in =
        Objects.requireNonNull(
            SearchIdentityTest.class.getResourceAsStream("/" + RESOURCE), RESOURCE)) {
      List<String> lines = List.of();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        if (line.startsWith("# ")) {
          lines = new ArrayList<>();
          recorded.put(line.substring(2), lines);
        } else {
          lines.add(line);
        }
      }
    }
    return recorded;
  }

  @TestFactory
  Stream<DynamicTest> searchesAreAsRecorded() throws IOException {
    if (Boolean.getBoolean("ivf.record")) {
      return Stream.of(DynamicTest.dynamicTest("record", SearchIdentityTest::record));
    }
    Map<String, List<String>> recorded = recorded();
    Map<String, RecordedScenes.Scene> scenes = RecordedScenes.scenes();
    assertEquals(recorded.keySet(), scenes.keySet());
    return scenes.entrySet().stream()
        .map(scene -> test(scene, recorded.getOrDefault(scene.getKey(), List.of())));
  }

  private static DynamicTest test(
      Map.Entry<String, RecordedScenes.Scene> scene, List<String> expected) {
    return DynamicTest.dynamicTest(
        scene.getKey(), () -> assertSame(expected, scene.getValue().play()));
  }

  private static void assertSame(List<String> expected, List<String> actual) {
    for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
      assertEquals(expected.get(i), actual.get(i));
    }
    assertEquals(expected.size(), actual.size());
    assertTrue(!expected.isEmpty());
  }

  private static void record() throws IOException {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, RecordedScenes.Scene> scene : RecordedScenes.scenes().entrySet()) {
      text.append("# ").append(scene.getKey()).append('\n');
      scene.getValue().play().forEach(line -> text.append(line).append('\n'));
    }
    Files.writeString(Path.of("src/test/resources", RESOURCE), text);
  }
}

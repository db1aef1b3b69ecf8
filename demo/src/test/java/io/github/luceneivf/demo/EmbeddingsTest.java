// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingsTest {

  private static final int DIM = 3;
  private static final List<String> TEXTS =
      IntStream.range(0, 2_500).mapToObj(i -> "text " + i).toList();

  @TempDir Path folder;

  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final Screen screen =
      new Screen(new PrintStream(shown, true, StandardCharsets.UTF_8), false, 80);
  private int embedded;

  private Embeddings.Result embed(List<String> texts) throws Exception {
    return Embeddings.of(
        texts,
        (missing, done) -> {
          embedded++;
          done.accept(missing.size());
          return missing.stream()
              .map(text -> new float[] {text.length(), text.hashCode(), -1})
              .toArray(float[][]::new);
        },
        cache(texts),
        screen);
  }

  private EmbeddingCache cache(List<String> texts) {
    return new EmbeddingCache(folder, "model", DIM, texts);
  }

  @Test
  void secondRunReadsTheCache() throws Exception {
    Embeddings.Result first = embed(TEXTS);
    Embeddings.Result second = embed(TEXTS);
    assertFalse(first.cached());
    assertTrue(second.cached());
    assertEquals(1, embedded);
    assertArrayEquals(first.vectors(), second.vectors());
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(1, files.count(), "no temporary file is left");
    }
  }

  @Test
  void otherTextsOrAnotherModelHaveAnotherFile() {
    List<String> other = TEXTS.subList(1, TEXTS.size());
    assertFalse(cache(TEXTS).file().equals(cache(other).file()));
    assertFalse(
        cache(TEXTS).file().equals(new EmbeddingCache(folder, "model 2", DIM, TEXTS).file()));
  }

  @Test
  void anyFlippedByteMeansEmbeddingAgain() throws Exception {
    Path file = cache(TEXTS).file();
    Embeddings.Result intact = embed(TEXTS);
    byte[] bytes = Files.readAllBytes(file);
    for (int at : new int[] {0, 5, 9, 20, 44, 15_000, bytes.length - 9, bytes.length - 1}) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 0x10;
      Files.write(file, damaged);
      int before = embedded;
      Embeddings.Result result = embed(TEXTS);
      assertEquals(before + 1, embedded, "flipped byte " + at);
      assertArrayEquals(intact.vectors(), result.vectors());
      assertArrayEquals(bytes, Files.readAllBytes(file), "the cache is repaired");
    }
    assertTrue(shown.toString(StandardCharsets.UTF_8).contains("its checksum is wrong"));
  }

  @Test
  void cutOrLengthenedFileIsReported() throws Exception {
    embed(TEXTS);
    Path file = cache(TEXTS).file();
    byte[] bytes = Files.readAllBytes(file);
    for (int length : new int[] {0, 17, bytes.length - 1, bytes.length + 1}) {
      Files.write(file, Arrays.copyOf(bytes, length));
      EmbeddingCache.Content.Damaged damaged =
          assertInstanceOf(EmbeddingCache.Content.Damaged.class, cache(TEXTS).read());
      assertEquals("expected " + bytes.length + " bytes, got: " + length, damaged.reason());
    }
  }
}

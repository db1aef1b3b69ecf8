// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbedderTest {

  @TempDir static Path natives;

  @Test
  void likeTextsAreNearAndBatchesDoNotMatter() throws Exception {
    List<String> texts =
        List.of(
            "a domestic cat sleeping on a sofa",
            "kitten",
            "the annual report of the central bank lists interest rates and inflation",
            "a pet that purrs and chases mice");
    try (Embedder embedder = Embedder.load(natives)) {
      AtomicInteger done = new AtomicInteger();
      float[][] vectors = embedder.embed(texts, done::addAndGet);
      assertEquals(texts.size(), done.get());
      for (int i = 0; i < vectors.length; i++) {
        assertEquals(Embedder.DIM, vectors[i].length);
        assertEquals(1, dot(vectors[i], vectors[i]), 1e-5);
        assertArrayEquals(vectors[i], embedder.embed(texts.get(i)), 1e-5f);
      }
      assertTrue(dot(vectors[0], vectors[3]) > dot(vectors[0], vectors[2]) + 0.1);
    }
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}

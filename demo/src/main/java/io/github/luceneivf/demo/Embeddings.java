// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import java.io.IOException;
import java.util.List;
import java.util.function.IntConsumer;

/** Embeddings of texts, from the cache where it has them, else from the model. */
final class Embeddings {

  private Embeddings() {}

  /** Embeds texts; {@link Embedder} does. */
  @FunctionalInterface
  interface Model {
    /** Returns [texts][dim]; tells {@code done} how many more are embedded. */
    float[][] embed(List<String> texts, IntConsumer done) throws IOException;
  }

  /**
   * Where embeddings came from.
   *
   * @param vectors [texts][dim]
   * @param cached whether the cache had them
   * @param seconds time it took
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, not kept
  record Result(float[][] vectors, boolean cached, double seconds) {}

  /**
   * Returns the embeddings of {@code texts}, cached from then on. A damaged cache is reported and
   * replaced.
   */
  static Result of(List<String> texts, Model model, EmbeddingCache cache, Screen screen)
      throws IOException {
    long start = System.nanoTime();
    switch (cache.read()) {
      case EmbeddingCache.Content.Found(float[][] vectors) -> {
        return new Result(vectors, true, seconds(start));
      }
      case EmbeddingCache.Content.Damaged(String reason) ->
          screen.line("The cached embeddings are damaged (%s), embedding again.", reason);
      case EmbeddingCache.Content.Missing() -> {}
    }
    float[][] vectors;
    try (Progress progress = Progress.start(screen, "embedding", "texts", texts.size())) {
      vectors = model.embed(texts, progress::advance);
    }
    cache.write(vectors);
    return new Result(vectors, false, seconds(start));
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Texts and their embeddings. Arrays are shared and not to be modified.
 *
 * @param corpus the texts
 * @param documents [documents][dim]
 * @param heldOut [held-out synsets][dim]
 * @param queries [queries][dim]
 */
@SuppressWarnings("ArrayRecordComponent") // shared on purpose, see above
record Dataset(Corpus corpus, float[][] documents, float[][] heldOut, float[][] queries) {

  /** Reads WordNet and embeds what a run needs, or finds it in the cache. */
  static Dataset load(int wanted, Path cacheFolder, Embeddings.Model model, Screen screen)
      throws IOException {
    Corpus corpus = Corpus.draw(WordNet.read(), wanted);
    int docs = corpus.documents().size();
    int asked = corpus.queries().size();
    screen.line(
        "%s synsets of WordNet 3.1 as “words: gloss”, and %d queries from synsets held out.",
        Text.count(docs), asked);
    List<String> texts =
        Stream.of(
                corpus.documents().stream().map(Synset::text),
                corpus.heldOut().stream().map(Synset::text),
                corpus.queries().stream())
            .flatMap(part -> part)
            .toList();
    EmbeddingCache cache = new EmbeddingCache(cacheFolder, Embedder.MODEL, Embedder.DIM, texts);
    Embeddings.Result result = Embeddings.of(texts, model, cache, screen);
    screen.line(
        "Embeddings of all-MiniLM-L6-v2, %d dimensions, %s in %.1f s.",
        Embedder.DIM, result.cached() ? "from the cache" : "made and cached", result.seconds());
    float[][] all = result.vectors();
    return new Dataset(
        corpus,
        Arrays.copyOfRange(all, 0, docs),
        Arrays.copyOfRange(all, docs, docs + asked),
        Arrays.copyOfRange(all, docs + asked, docs + 2 * asked));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * What is indexed, and what is asked. The queries come from synsets that are not indexed: half of
 * them are an example sentence, a running sentence against dictionary entries; the others are a
 * bare definition.
 *
 * @param documents indexed, in random order, so that any part of them is spread over all topics
 * @param heldOut synsets not indexed until the last step, one for each query
 * @param queries texts of the queries, held-out synset by synset
 */
record Corpus(List<Synset> documents, List<Synset> heldOut, List<String> queries) {

  /** Held-out synsets and queries, if there are enough synsets. */
  static final int QUERIES = 500;

  private static final long SEED = 42;

  Corpus {
    documents = List.copyOf(documents);
    heldOut = List.copyOf(heldOut);
    queries = List.copyOf(queries);
  }

  /**
   * Draws held-out synsets, then documents, with a fixed seed: fewer documents are the first of
   * more.
   *
   * @param synsets all synsets
   * @param docs documents wanted; all that are not held out if there are fewer
   */
  static Corpus draw(List<Synset> synsets, int docs) {
    List<Synset> shuffled = new ArrayList<>(synsets);
    Collections.shuffle(shuffled, new Random(SEED));
    int wanted = Math.min(QUERIES, synsets.size() / 10);
    List<Synset> documents = new ArrayList<>(Math.min(docs, synsets.size()));
    List<Synset> heldOut = new ArrayList<>(wanted);
    List<String> queries = new ArrayList<>(wanted);
    for (Synset synset : shuffled) {
      boolean example = heldOut.size() % 2 == 0;
      if (heldOut.size() < wanted && (!example || !synset.examples().isEmpty())) {
        heldOut.add(synset);
        queries.add(example ? synset.examples().get(0) : synset.definition());
      } else if (documents.size() < docs) {
        documents.add(synset);
      }
    }
    return new Corpus(documents, heldOut, queries);
  }
}

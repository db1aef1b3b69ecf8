// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import java.util.ArrayList;
import java.util.List;

/**
 * One entry of WordNet: words that mean the same, and what they mean.
 *
 * @param id offset and part of speech, for example {@code 00001740-n}
 * @param lemmas the words, best known first
 * @param gloss definition, then examples in quotes, with {@code "; "} between
 * @param pos n, v, a or r: noun, verb, adjective, adverb
 * @param lexname one of 45 topics, for example {@code noun.animal}
 */
record Synset(String id, List<String> lemmas, String gloss, String pos, String lexname) {

  Synset {
    lemmas = List.copyOf(lemmas);
  }

  /** Returns the text that is embedded and searched: the words, a colon, the gloss. */
  String text() {
    return words() + ": " + gloss;
  }

  /** Returns the words with commas between. */
  String words() {
    return String.join(", ", lemmas);
  }

  /** Returns the gloss without its examples. */
  String definition() {
    int quote = gloss.indexOf('"');
    String text = quote <= 0 ? gloss : gloss.substring(0, quote);
    return text.strip().replaceFirst("[;:,]+$", "");
  }

  /** Returns the example sentences, without their quotes. */
  List<String> examples() {
    List<String> examples = new ArrayList<>();
    int from = gloss.indexOf('"');
    while (from >= 0) {
      int to = gloss.indexOf('"', from + 1);
      if (to < 0) {
        break;
      }
      String example = gloss.substring(from + 1, to).strip();
      if (!example.isEmpty()) {
        examples.add(example);
      }
      from = gloss.indexOf('"', to + 1);
    }
    return examples;
  }
}

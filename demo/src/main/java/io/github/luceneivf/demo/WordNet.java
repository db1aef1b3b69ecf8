// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Reads the synsets of WordNet 3.1 from the data files on the class path.
 *
 * <p>Format: WordNet 3.1 reference manual, wndb(5WN), <a
 * href="https://wordnet.princeton.edu/documentation/wndb5wn">section "Data File Format"</a>.
 */
final class WordNet {

  private static final String FOLDER = "/net/sf/extjwnl/data/wordnet/wn31/";
  private static final List<String> FILES = List.of("noun", "verb", "adj", "adv");

  /** Topics by their number in the files: lexnames(5WN). */
  private static final List<String> LEXNAMES =
      List.of(
          """
          adj.all adj.pert adv.all noun.Tops noun.act noun.animal noun.artifact noun.attribute \
          noun.body noun.cognition noun.communication noun.event noun.feeling noun.food noun.group \
          noun.location noun.motive noun.object noun.person noun.phenomenon noun.plant \
          noun.possession noun.process noun.quantity noun.relation noun.shape noun.state \
          noun.substance noun.time verb.body verb.change verb.cognition verb.communication \
          verb.competition verb.consumption verb.contact verb.creation verb.emotion verb.motion \
          verb.perception verb.possession verb.social verb.stative verb.weather adj.ppl\
          """
              .split(" ", -1));

  private WordNet() {}

  /**
   * Reads all synsets, sorted by id.
   *
   * @throws IOException if a data file is missing or cannot be read
   */
  static List<Synset> read() throws IOException {
    List<Synset> synsets = new ArrayList<>(120_000);
    for (String file : FILES) {
      try (InputStream in = WordNet.class.getResourceAsStream(FOLDER + "data." + file)) {
        if (in == null) {
          throw new IOException("WordNet's data." + file + " is not on the class path");
        }
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
            .lines()
            .map(WordNet::parse)
            .flatMap(Optional::stream)
            .forEach(synsets::add);
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
    synsets.sort(Comparator.comparing(Synset::id));
    return synsets;
  }

  /**
   * Reads a line of a data file: {@code offset topic type count(hex) {word id}… … | gloss}.
   *
   * @return nothing for a line of the licence at the top of each file, which starts with a blank
   * @throws IllegalArgumentException if it is neither
   */
  static Optional<Synset> parse(String line) {
    if (line.startsWith(" ") || line.isBlank()) {
      return Optional.empty();
    }
    int bar = line.indexOf(" | ");
    String[] fields = (bar < 0 ? line : line.substring(0, bar)).split(" ", -1);
    if (bar < 0 || fields.length < 6) {
      throw new IllegalArgumentException("line must have 6 fields and a gloss, got: " + line);
    }
    int words = Integer.parseInt(fields[3], 16);
    List<String> lemmas = new ArrayList<>(words);
    for (int i = 0; i < words; i++) {
      lemmas.add(lemma(fields[4 + 2 * i]));
    }
    // A satellite adjective (s) is an adjective.
    String pos = fields[2].equals("s") ? "a" : fields[2];
    String gloss = line.substring(bar + 3).strip();
    String lexname = LEXNAMES.get(Integer.parseInt(fields[1]));
    return Optional.of(new Synset(fields[0] + "-" + pos, lemmas, gloss, pos, lexname));
  }

  /** Takes off the syntactic marker of adjectives, as in {@code out_of_reach(p)}. */
  private static String lemma(String word) {
    int marker = word.endsWith(")") ? word.lastIndexOf('(') : -1;
    return (marker > 0 ? word.substring(0, marker) : word).replace('_', ' ');
  }
}

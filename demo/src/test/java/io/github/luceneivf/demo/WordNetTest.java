// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class WordNetTest {

  private static final String LINE =
      "00020447 00 s 04 unapproachable 0 unreachable 0 unreached 0 out_of_reach(p) 0 001"
          + " & 00019912 a 0000 | inaccessibly located; \"an unapproachable chalet\"; \"far off\"  ";

  @Test
  void lineOfADataFileIsParsed() {
    Synset synset = WordNet.parse(LINE).orElseThrow();
    assertEquals("00020447-a", synset.id());
    assertEquals(
        List.of("unapproachable", "unreachable", "unreached", "out of reach"), synset.lemmas());
    assertEquals("a", synset.pos());
    assertEquals("adj.all", synset.lexname());
    assertEquals("inaccessibly located", synset.definition());
    assertEquals(List.of("an unapproachable chalet", "far off"), synset.examples());
    assertEquals(
        "unapproachable, unreachable, unreached, out of reach: inaccessibly located;"
            + " \"an unapproachable chalet\"; \"far off\"",
        synset.text());
  }

  @Test
  void licenceIsSkippedAndOtherTextIsRefused() {
    assertTrue(WordNet.parse("  1 This software and database is being provided").isEmpty());
    String message =
        assertThrows(IllegalArgumentException.class, () -> WordNet.parse("00020447 00 s"))
            .getMessage();
    assertEquals("line must have 6 fields and a gloss, got: 00020447 00 s", message);
  }

  @Test
  void glossWithoutExamplesOrWithAnOpenQuoteHasNone() {
    Synset plain = new Synset("1-n", List.of("a"), "all there is", "n", "noun.Tops");
    assertEquals(List.of(), plain.examples());
    assertEquals("all there is", plain.definition());
    Synset open = new Synset("1-n", List.of("a"), "said; \"without an end", "n", "noun.Tops");
    assertEquals(List.of(), open.examples());
    assertEquals("said", open.definition());
  }

  @Test
  void allSynsetsAreReadAndDrawnWithoutOverlap() throws Exception {
    List<Synset> all = WordNet.read();
    assertEquals(117_791, all.size());
    assertEquals("00001740-a", all.getFirst().id());
    assertEquals(45, all.stream().map(Synset::lexname).distinct().count());

    Corpus small = Corpus.draw(all, 2_000);
    Corpus large = Corpus.draw(all, Integer.MAX_VALUE);
    assertEquals(2_000, small.documents().size());
    assertEquals(117_791 - Corpus.QUERIES, large.documents().size());
    assertEquals(small.documents(), large.documents().subList(0, 2_000));
    assertEquals(Corpus.QUERIES, small.queries().size());
    Set<String> held = small.heldOut().stream().map(Synset::id).collect(Collectors.toSet());
    assertEquals(Corpus.QUERIES, held.size());
    large.documents().forEach(doc -> assertTrue(!held.contains(doc.id()), doc::id));
    Set<String> topics = new HashSet<>();
    small.documents().subList(0, 500).forEach(doc -> topics.add(doc.lexname()));
    assertTrue(topics.size() > 25, "any part is spread over topics, got: " + topics.size());
  }
}

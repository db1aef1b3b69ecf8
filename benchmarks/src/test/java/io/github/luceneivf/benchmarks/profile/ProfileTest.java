// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.profile;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProfileTest {

  /**
   * A stack, innermost frame first, on top of the searcher and the loop. Its classes of ours exist.
   */
  private static List<Frame> stack(String... types) {
    List<Frame> frames = new ArrayList<>();
    for (String type : types) {
      Frame frame = new Frame(type, "m");
      if (frame.isOurs()) {
        assertDoesNotThrow(
            () -> Class.forName(type, false, ProfileTest.class.getClassLoader()), type);
      }
      frames.add(frame);
    }
    frames.add(new Frame("org.apache.lucene.search.IndexSearcher", "search"));
    frames.add(new Frame(Frame.ROOT + "benchmarks.profile.FastestSetting", "pass"));
    return frames;
  }

  @Test
  void kernelsWorkForTheirCallers() {
    String kernel = Frame.ROOT + "kernel.PanamaKernel";
    assertEquals(
        Stage.SCAN,
        Stage.of(
            stack(
                "jdk.incubator.vector.IntVector",
                kernel,
                Frame.ROOT + "quantization.BlockScorer",
                Frame.ROOT + "codec.read.ListScanner",
                Frame.ROOT + "codec.read.ProbeLoop")));
    assertEquals(
        Stage.RANKING,
        Stage.of(
            stack(
                kernel,
                Frame.ROOT + "codebook.CentroidRanking",
                Frame.ROOT + "codec.read.ProbeLoop")));
    assertEquals(Stage.SCAN, Stage.of(stack(kernel, Frame.ROOT + "quantization.CodeBlock$Lanes")));
    assertEquals(
        Stage.PREPARATION,
        Stage.of(
            stack(Frame.ROOT + "quantization.BitTables", Frame.ROOT + "quantization.BlockScorer")));
  }

  @Test
  void scorersOfLuceneBelongToTheRerank() {
    assertEquals(
        Stage.RERANK,
        Stage.of(
            stack(
                "org.apache.lucene.codecs.X",
                Frame.ROOT + "codec.read.Reranker",
                Frame.ROOT + "codec.read.IndexSearch")));
  }

  @Test
  void theRestIsOursOrLucenesOrTheLoop() {
    assertEquals(
        Stage.OURS, Stage.of(stack("java.lang.Object", Frame.ROOT + "codec.read.ProbeLoop")));
    assertEquals(
        Stage.LUCENE,
        Stage.of(stack("org.apache.lucene.index.Z", Frame.ROOT + "search.IvfKnnFloatVectorQuery")));
    assertEquals(Stage.LUCENE, Stage.of(stack()));
    assertEquals(Stage.OTHER, Stage.of(List.of(new Frame("java.lang.Thread", "run"))));
    assertEquals(
        Stage.OTHER,
        Stage.of(List.of(new Frame(Frame.ROOT + "benchmarks.profile.QueryProfile", "run"))));
  }

  @Test
  void sharesMethodsAndStacksAreCounted() {
    List<Frame> scan = stack("jdk.incubator.vector.V", Frame.ROOT + "codec.read.ListScanner");
    Profile profile = Profile.of(List.of(scan, scan, scan, stack()));
    assertEquals(4, profile.total());
    assertEquals(0.75, profile.share(Stage.SCAN));
    assertEquals(0.25, profile.share(Stage.LUCENE));
    assertEquals(0, profile.share(Stage.RERANK));
    String text = profile.markdown(40, 1);
    assertTrue(text.contains("| scan of codes | 75.0 % | 30.00 |"), text);
    assertTrue(text.endsWith("| ListScanner.m | 75.0 % | 30.00 |\n"), text);
    assertEquals(
        """
        FastestSetting.pass;IndexSearcher.search 1
        FastestSetting.pass;IndexSearcher.search;ListScanner.m;V.m 3
        """,
        profile.foldedLines());
    assertEquals(0, Profile.of(List.of()).share(Stage.SCAN));
  }
}

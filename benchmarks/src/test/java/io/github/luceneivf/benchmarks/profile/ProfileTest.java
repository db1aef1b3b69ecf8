// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProfileTest {

  private static final String ROOT = "io.github.luceneivf.";

  /** A stack, innermost frame first, on top of the searcher and the loop. */
  private static List<Frame> stack(String... types) {
    List<Frame> frames = new ArrayList<>();
    for (String type : types) {
      frames.add(new Frame(type, "m"));
    }
    frames.add(new Frame("org.apache.lucene.search.IndexSearcher", "search"));
    frames.add(new Frame(ROOT + "benchmarks.profile.FastestSetting", "pass"));
    return frames;
  }

  @Test
  void kernelsWorkForTheirCallers() {
    String kernel = ROOT + "kernel.PanamaKernel";
    assertEquals(
        Stage.SCAN,
        Stage.of(
            stack(
                "jdk.incubator.vector.IntVector",
                kernel,
                ROOT + "quantization.BlockScorer",
                ROOT + "codec.read.ListScanner",
                ROOT + "codec.read.Probing")));
    assertEquals(
        Stage.RANKING,
        Stage.of(
            stack(kernel, ROOT + "codebook.CentroidRanking$Best", ROOT + "codec.read.Probing")));
    assertEquals(
        Stage.PREPARATION,
        Stage.of(stack(ROOT + "quantization.QueryPlanes", ROOT + "quantization.BlockScorer")));
  }

  @Test
  void scorersOfLuceneBelongToTheRerank() {
    assertEquals(
        Stage.RERANK,
        Stage.of(
            stack("org.apache.lucene.codecs.X", ROOT + "codec.read.Reranker", ROOT + "codec.Y")));
  }

  @Test
  void theRestIsOursOrLucenesOrTheLoop() {
    assertEquals(Stage.OURS, Stage.of(stack("java.lang.Object", ROOT + "codec.read.Probing")));
    assertEquals(
        Stage.LUCENE,
        Stage.of(stack("org.apache.lucene.index.Z", ROOT + "search.IvfKnnFloatVectorQuery")));
    assertEquals(Stage.LUCENE, Stage.of(stack()));
    assertEquals(Stage.OTHER, Stage.of(List.of(new Frame("java.lang.Thread", "run"))));
    assertEquals(
        Stage.OTHER, Stage.of(List.of(new Frame(ROOT + "benchmarks.profile.Loop", "run"))));
  }

  @Test
  void sharesMethodsAndStacksAreCounted() {
    List<Frame> scan = stack("jdk.incubator.vector.V", ROOT + "codec.read.ListScanner");
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

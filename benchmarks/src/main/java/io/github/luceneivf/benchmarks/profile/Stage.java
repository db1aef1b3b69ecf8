// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.profile;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stages of a query. A sample belongs to the innermost of its frames that belongs to a stage: a
 * kernel works for whoever called it, and so do the classes of Lucene that score a candidate.
 */
enum Stage {
  /** Which lists are nearest. */
  RANKING("ranking of lists", Set.of("codebook.CentroidRanking", "codebook.SmallestValues")),
  /** Once for a query: rotation and tables. */
  PREPARATION(
      "preparation of the query",
      Set.of(
          "clustering.VectorSpace",
          "quantization.QueryCode",
          "quantization.BitTables",
          "quantization.QueryTables",
          "quantization.Quantizer",
          "quantization.Rotation")),
  /** Codes of the lists probed. */
  SCAN(
      "scan of codes",
      Set.of(
          "codec.file.PostingLists",
          "codec.read.CandidateScan",
          "codec.read.CodebookGroup",
          "codec.read.JointLists",
          "codec.read.ListScanner",
          "codec.read.ScannedSegments",
          "quantization.BlockScorer",
          "quantization.CodeBlock")),
  /** The best of what was scanned. */
  SELECTION("selection of candidates", Set.of("codec.read.CandidateQueue")),
  /** Exact scores of the candidates. */
  RERANK(
      "rerank",
      Set.of(
          "codec.read.ExactScores",
          "codec.read.FlatScan",
          "codec.read.LastScores",
          "codec.read.RangeReranker",
          "codec.read.Reranker",
          "codec.read.VectorSet")),
  /**
   * The rest of this project on the way of a query. Of the package that searches, those that belong
   * here are named, so that a test can notice a class that belongs nowhere.
   */
  OURS(
      "other of ours",
      Set.of(
          "codec.read.IndexSearch",
          "codec.read.IvfVectorsReader",
          "codec.read.JointMemory",
          "codec.read.ProbeBudget",
          "codec.read.ProbeLoop",
          "codec.read.ProbeSettings",
          "codec.read.QueryVector",
          "codec.read.RangeSearch",
          "codec.read.RangeTail",
          "codec.read.RankedLists",
          "codec.read.CodeErrors",
          "codec.read.NormalTail",
          "codec.read.Scattered",
          "codec.read.Spread",
          "codec.read.ScoreDistance",
          "codec.read.WantedRange",
          "codec.read.SearchedLeaf",
          "codec.read.SegmentField",
          "codec.read.SegmentLists")),
  /** Lucene above and around. */
  LUCENE("Lucene", Set.of()),
  /** The loop that asks, and what belongs to no one. */
  OTHER("loop and JVM", Set.of());

  private static final String HARNESS = Frame.ROOT + "benchmarks.";

  private final String title;

  @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
  private final Set<String> types;

  Stage(String title, Set<String> types) {
    this.title = title;
    this.types = types;
  }

  String title() {
    return title;
  }

  /** Returns the classes of this stage, by their names below {@link Frame#ROOT}. */
  Set<String> types() {
    return types;
  }

  /**
   * Returns the stage of a sample.
   *
   * @param stack innermost frame first
   */
  static Stage of(List<Frame> stack) {
    boolean lucene = false;
    for (Frame frame : stack) {
      if (frame.isOurs() && !frame.isKernel()) {
        Stage stage = of(frame, lucene);
        if (stage != null) {
          return stage;
        }
      }
      lucene |= frame.type().startsWith("org.apache.lucene.");
    }
    return lucene ? LUCENE : OTHER;
  }

  private static @Nullable Stage of(Frame frame, boolean lucene) {
    for (Stage stage : values()) {
      if (stage != OURS && stage.types.contains(frame.outerType())) {
        return stage;
      }
    }
    if (frame.type().startsWith(HARNESS)) {
      return lucene ? LUCENE : OTHER;
    }
    // Our query and our reader call Lucene for what every query needs.
    return lucene ? LUCENE : OURS;
  }
}

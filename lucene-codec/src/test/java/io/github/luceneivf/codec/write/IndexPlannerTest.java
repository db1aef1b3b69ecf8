// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.file.SegmentCodebook;
import io.github.luceneivf.codec.fit.IndexFit;
import io.github.luceneivf.codec.fit.MergeInput;
import io.github.luceneivf.quantization.Encoding;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IndexPlannerTest {

  private static final IndexPlanner PLANNER =
      new IndexPlanner(IvfParams.DEFAULT, Metric.EUCLIDEAN, 2);

  /** Plans for an index that is the merge alone. */
  private static IndexPlan merge(
      IndexPlanner planner, int vectors, List<MergeInput> inputs, List<SegmentCodebook> known) {
    return planner.merge(vectors, inputs, known, _ -> IndexFit.of(vectors));
  }

  private static SegmentCodebook codebook(Metric metric, int nlist, int version, long population) {
    float[] centroids = new float[nlist * 2];
    for (int i = 0; i < centroids.length; i++) {
      centroids[i] = i + version;
    }
    Codebook codebook =
        new Codebook(
            new Codebook.Content(
                new VectorSpace(metric, 0),
                new FloatMatrix(centroids, nlist, 2),
                new float[nlist],
                new float[2],
                1),
            new Codebook.Lineage(version, Optional.empty(), population));
    return new SegmentCodebook(codebook, Calibration.uncalibrated());
  }

  @Test
  void flushHasThreeSizes() {
    List<SegmentCodebook> known = List.of(codebook(Metric.EUCLIDEAN, 400, 1, 50_000));
    assertInstanceOf(IndexPlan.Exact.class, PLANNER.flush(0, known, true));
    assertInstanceOf(IndexPlan.Exact.class, PLANNER.flush(999, known, true));
    assertInstanceOf(IndexPlan.OneList.class, PLANNER.flush(1_000, known, true));
    assertInstanceOf(IndexPlan.OneList.class, PLANNER.flush(3_199, known, true));
    assertInstanceOf(IndexPlan.Coded.class, PLANNER.flush(3_200, known, true));
  }

  @Test
  void flushTrainsInProcessOnly() {
    assertInstanceOf(IndexPlan.OneList.class, PLANNER.flush(8_191, List.of(), true));
    IndexPlan.Train train =
        assertInstanceOf(IndexPlan.Train.class, PLANNER.flush(8_192, List.of(), true));
    assertEquals(192, train.nlist());
    assertInstanceOf(IndexPlan.OneList.class, PLANNER.flush(1_000_000, List.of(), false));
  }

  private static int trained(IndexPlan plan) {
    return assertInstanceOf(IndexPlan.Train.class, plan).nlist();
  }

  @Test
  void listsAreForTheIndexToCome() {
    assertEquals(320, trained(PLANNER.flush(20_000, List.of(), true)), "young: for 32,768");
    assertEquals(320, trained(PLANNER.flush(32_768, List.of(), true)));
    assertEquals(384, trained(PLANNER.flush(60_000, List.of(), true)), "as it is");
    List<SegmentCodebook> known = List.of(codebook(Metric.EUCLIDEAN, 192, 1, 11_679));
    assertEquals(
        640,
        trained(merge(PLANNER, 116_791, List.of(), known)),
        "outgrown: for half as many again");
    assertEquals(384, trained(merge(PLANNER, 41_000, List.of(), known)));
    IndexPlanner fixed =
        new IndexPlanner(IvfParams.DEFAULT.withSizing(ListSizing.fixed(77)), Metric.EUCLIDEAN, 2);
    assertEquals(77, trained(fixed.flush(20_000, List.of(), true)));
  }

  @Test
  void mergeTrainsWithoutACodebookOrWhenTheFieldHasOutgrownIt() {
    assertInstanceOf(IndexPlan.Train.class, merge(PLANNER, 20_000, List.of(), List.of()));
    assertInstanceOf(IndexPlan.OneList.class, merge(PLANNER, 5_000, List.of(), List.of()));
    List<SegmentCodebook> known = List.of(codebook(Metric.EUCLIDEAN, 320, 3, 10_000));
    assertInstanceOf(IndexPlan.Coded.class, merge(PLANNER, 34_999, List.of(), known));
    IndexPlan.Train renewed =
        assertInstanceOf(IndexPlan.Train.class, merge(PLANNER, 35_000, List.of(), known));
    assertEquals(known.getFirst(), renewed.parent().orElseThrow());
  }

  /** Four segments like the one that the codebook was trained on, less a few deletes. */
  @Test
  void fourSegmentsLikeTheFirstOutgrowItsCodebook() {
    List<SegmentCodebook> known = List.of(codebook(Metric.EUCLIDEAN, 182, 1, 11_700));
    assertInstanceOf(IndexPlan.Train.class, merge(PLANNER, 4 * 11_700, List.of(), known));
    assertInstanceOf(IndexPlan.Train.class, merge(PLANNER, 4 * 11_700 - 5_000, List.of(), known));
    assertInstanceOf(IndexPlan.Coded.class, merge(PLANNER, 3 * 11_700 + 5_000, List.of(), known));
  }

  @Test
  void tooFewListsAreReplacedOnceTheVectorsHaveDoubled() {
    List<SegmentCodebook> few = List.of(codebook(Metric.EUCLIDEAN, 100, 1, 15_000));
    assertInstanceOf(IndexPlan.Coded.class, merge(PLANNER, 29_000, List.of(), few));
    IndexPlan.Train train =
        assertInstanceOf(IndexPlan.Train.class, merge(PLANNER, 30_000, List.of(), few));
    assertEquals("30000 vectors want 320 lists, there are 100", train.reason());
  }

  @Test
  void newestFittingCodebookIsTaken() {
    SegmentCodebook old = codebook(Metric.EUCLIDEAN, 64, 1, 90_000);
    SegmentCodebook newest = codebook(Metric.EUCLIDEAN, 64, 2, 20_000);
    SegmentCodebook foreign = codebook(Metric.COSINE, 64, 9, 90_000);
    IndexPlan.Coded assign =
        assertInstanceOf(
            IndexPlan.Coded.class,
            merge(PLANNER, 30_000, List.of(), List.of(newest, foreign, old)));
    assertEquals(newest, assign.codebook());
  }

  @Test
  void codebookWithoutSubCodebooksIsReplacedWhereTheEncodingNeedsThem() {
    IndexPlanner planner =
        new IndexPlanner(IvfParams.DEFAULT.withEncoding(Encoding.PQ4), Metric.EUCLIDEAN, 2);
    List<SegmentCodebook> known = List.of(codebook(Metric.EUCLIDEAN, 64, 3, 10_000));
    IndexPlan.Train train =
        assertInstanceOf(IndexPlan.Train.class, merge(planner, 20_000, List.of(), known));
    assertEquals(known.getFirst(), train.parent().orElseThrow(), "its version must be surpassed");
    assertInstanceOf(IndexPlan.Train.class, planner.flush(20_000, known, true));
    assertInstanceOf(IndexPlan.OneList.class, planner.flush(20_000, known, false));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.TrainingStatistics;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.file.ListStatistics;
import io.github.luceneivf.codec.file.SegmentCodebook;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RenewalRuleTest {

  private static final int NLIST = 100;
  private static final long POPULATION = 10_000;
  private static final RenewalRule RULE = new RenewalRule(ListSizing.fixed(NLIST));

  /** Trained with a hundred vectors per list: expected energy 1.02, imbalance 1.2 less chance. */
  private static SegmentCodebook codebook() {
    Codebook codebook =
        new Codebook(
            new Codebook.Content(
                new VectorSpace(Metric.EUCLIDEAN, 0),
                new FloatMatrix(new float[NLIST], NLIST, 1),
                new float[NLIST],
                new float[1],
                1),
            new Codebook.Lineage(1, Optional.empty(), POPULATION));
    return new SegmentCodebook(
        codebook, Calibration.uncalibrated(), new TrainingStatistics(10_000, 1, 1.2));
  }

  private static Optional<String> due(long vectors, double energy, double imbalance, long arrived) {
    return RULE.due(
        codebook(), new IndexFit(vectors, vectors, vectors, energy, imbalance, arrived));
  }

  private static void assertDue(String word, Optional<String> due) {
    assertTrue(due.isPresent() && due.get().contains(word), due.toString());
  }

  @Test
  void growthIsSeenWhateverElse() {
    assertEquals(Optional.empty(), due(34_999, 1.02, 1.2, 24_999));
    assertDue("3.5 times", due(35_000, 1.02, 1.2, 25_000));
  }

  @Test
  void noiseIsNoDrift() {
    assertEquals(Optional.empty(), due(20_000, 1.12, 1.2, 10_000), "expected are 1.02");
    assertEquals(Optional.empty(), due(20_000, 1.0, 1.77, 10_000));
    assertEquals(Optional.empty(), due(500, 1.0, 1.95, 0), "few vectors spread unevenly");
  }

  @Test
  void eachDetectorFires() {
    assertDue("energy", due(20_000, 1.13, 1.2, 10_000));
    assertDue("imbalance", due(20_000, 1.0, 1.83, 10_000));
  }

  @Test
  void reasonsAreTheSameInEveryLanguage() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      assertEquals(Optional.of("energy is 1.23, at training 1.02"), due(20_000, 1.23, 1.2, 10_000));
      assertEquals(
          Optional.of("imbalance is 1.83, at training 1.19"), due(20_000, 1.0, 1.83, 10_000));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void nothingIsDueBeforeAQuarterChanged() {
    assertEquals(Optional.empty(), due(12_499, 5, 9, 2_499));
    assertDue("energy", due(12_500, 5, 9, 2_500));
    assertDue("energy", due(7_500, 5, 9, 0));
    assertDue("energy", due(10_000, 5, 9, 1_250));
  }

  /** After a training a small merge alone has the new version; its own lists are not the index. */
  @Test
  void whatIsOnAnOlderVersionCountsAsAtTraining() {
    SegmentCodebook codebook = codebook();
    IndexFit few = new IndexFit(14_000, 14_000, 3_000, 1.4, 4, 4_000);
    assertEquals(Optional.empty(), RULE.due(codebook, few));
    IndexFit most = new IndexFit(14_000, 14_000, 12_000, 1.4, 1.2, 4_000);
    assertDue("energy", RULE.due(codebook, most));
  }

  @Test
  void withoutARecordedTrainingOnlySizeCounts() {
    SegmentCodebook unknown =
        new SegmentCodebook(codebook().codebook(), Calibration.uncalibrated());
    IndexFit fit = new IndexFit(20_000, 20_000, 20_000, 50, 50, 10_000);
    assertEquals(Optional.empty(), RULE.due(unknown, fit));
  }

  @Test
  void segmentsAreAddedUp() {
    Codebook codebook = codebook().codebook();
    int[] even = new int[NLIST];
    Arrays.fill(even, 10);
    int[] one = new int[NLIST];
    one[3] = 1000;
    List<SegmentFit> segments =
        List.of(
            segment("_0", codebook, even, 1, 0),
            segment("_1", codebook, one, 3, 700),
            new SegmentFit("_2", 50, Optional.empty()));
    IndexFit fit = IndexFit.of(codebook.id(), NLIST, segments, 2050, 2050);
    assertEquals(2000, fit.listed());
    assertEquals(2, fit.energy());
    assertEquals(750, fit.arrived());
    double squares = 99 * 100 + 1010 * 1010;
    assertEquals(NLIST * squares / (2000.0 * 2000), fit.imbalance(), 1e-9);
  }

  private static SegmentFit segment(
      String name, Codebook codebook, int[] sizes, double energy, int arrived) {
    ListStatistics statistics =
        new ListStatistics(TrainingStatistics.UNKNOWN, true, energy, arrived);
    int vectors = Arrays.stream(sizes).sum();
    return new SegmentFit(
        name, vectors, Optional.of(new FittedLists(codebook, vectors, sizes, statistics)));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.recall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codec.IvfStatistics;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class AdviceTest {

  private static final List<Setting> SETTINGS =
      List.of(Setting.DEFAULT, Setting.recall(0.95), Setting.recall(0.99), Setting.OVERSAMPLED);

  private static RecallFigure figure(Setting setting, double mean, double looked) {
    return new RecallFigure(
        10, setting.name(), 500, mean, mean - 0.01, mean + 0.01, 0.5, 0, looked, mean);
  }

  private static IvfStatistics statistics(double energy) {
    IvfStatistics.Fit fit =
        new IvfStatistics.Fit(
            "0123456789abcdef",
            new Codebook.Lineage(1, Optional.empty(), 1000),
            10,
            2000,
            100,
            OptionalDouble.of(1),
            OptionalDouble.of(energy),
            OptionalDouble.of(1),
            1);
    return new IvfStatistics(List.of(), List.of(new IvfStatistics.InUse(1, fit)));
  }

  private static String advice(List<RecallFigure> figures, double energy, boolean given) {
    return String.join(
        "\n", Advice.of(0.95, figures, SETTINGS, Optional.of(statistics(energy)), given));
  }

  @Test
  void theCheapestSettingThatReachesItIsNamed() {
    String advice =
        advice(
            List.of(
                figure(Setting.DEFAULT, 0.90, 100),
                figure(Setting.recall(0.95), 0.93, 130),
                figure(Setting.recall(0.99), 0.97, 250),
                figure(Setting.OVERSAMPLED, 0.901, 120)),
            1,
            true);
    assertTrue(advice.contains("recall@10 of the default is 0.900, in [0.890, 0.910]"), advice);
    assertTrue(advice.contains("IvfSearchStrategy.recall(0.99), which finds 0.970"), advice);
    assertTrue(advice.contains("2.5 times as many vectors"), advice);
    assertTrue(advice.contains("IvfParams.withQuerySample"), advice);
    assertEquals(-1, advice.indexOf("Codes mislead"), advice);
    assertEquals(-1, advice.indexOf("forceMerge"), advice);
  }

  @Test
  void codesAndCodebooksThatMisleadAreNamed() {
    String advice =
        advice(
            List.of(
                figure(Setting.DEFAULT, 0.80, 100),
                figure(Setting.recall(0.99), 0.85, 250),
                figure(Setting.OVERSAMPLED, 0.93, 120)),
            1.2,
            false);
    assertTrue(advice.contains("No recall aimed at here reaches it for k = 10"), advice);
    assertTrue(advice.contains("oversample(50) it is 0.930"), advice);
    assertTrue(advice.contains("Codebook 01234567 fits less than it did"), advice);
    assertTrue(advice.contains("--queries FILE"), advice);
    assertEquals(-1, advice.indexOf("withQuerySample"), advice);
  }

  @Test
  void enoughIsEnough() {
    assertEquals(
        "Recall is at least 0.95 by default: nothing to change.",
        advice(List.of(figure(Setting.DEFAULT, 0.97, 100)), 1, true));
    assertEquals(
        "500 queries do not tell whether recall@10 is 0.95: ask more, with --sample.",
        advice(List.of(figure(Setting.DEFAULT, 0.955, 100)), 1, true));
  }
}

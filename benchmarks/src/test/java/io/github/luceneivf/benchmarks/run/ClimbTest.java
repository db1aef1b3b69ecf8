// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.benchmarks.contender.Ladder;
import io.github.luceneivf.benchmarks.contender.Setting;
import java.io.IOException;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class ClimbTest {

  private static final Ladder LADDER =
      Ladder.of(Ladder.counts(1, 60, 1.01), value -> Setting.defaults("").with("effort", value));

  /** Climbs where a setting of effort e has the recall given and takes e microseconds. */
  private static List<Trial> climb(double limit, DoubleUnaryOperator recall) throws IOException {
    return Climb.up(
        LADDER,
        limit,
        setting ->
            new Trial(
                setting, recall.applyAsDouble(setting.knob("effort")), setting.knob("effort")));
  }

  private static List<Double> efforts(List<Trial> trials) {
    return trials.stream().map(trial -> trial.setting().knob("effort")).toList();
  }

  @Test
  void poorRungsAreTakenThreeAtATime() throws IOException {
    List<Trial> trials = climb(1e9, effort -> effort < 8 ? effort / 20 : 1);
    assertEquals(List.of(1.0, 4.0, 7.0, 10.0), efforts(trials));
  }

  @Test
  void aPlateauEndsWhereTimeHasGrownInVain() throws IOException {
    List<Trial> trials = climb(1e9, effort -> Math.min(0.9, 0.7 + effort / 50));
    double last = efforts(trials).getLast();
    assertEquals(19, last, "1.8 times the effort of 10, the first to reach 0.9");
  }

  @Test
  void nothingIsTriedThatIsSlowerThanTheLimit() throws IOException {
    List<Trial> trials = climb(5, _ -> 0.8);
    assertTrue(efforts(trials).stream().allMatch(effort -> effort <= 6), efforts(trials)::toString);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Ladder;
import io.github.luceneivf.benchmarks.contender.Setting;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tries the settings of a ladder from the cheapest on, in long steps where recall is far from
 * anybody's aim, until recall is nearly perfect or no longer grows.
 */
final class Climb {

  /** Below this recall only every third rung is tried. */
  private static final double POOR = 0.7;

  private static final int LONG_STEP = 3;

  /** At this recall the ladder has been climbed. */
  private static final double TOP = 0.996;

  /** A recall that is higher by less than this is not higher. */
  private static final double GAIN = 0.0004;

  /** Time grown by this factor without a higher recall means that there is no more to gain. */
  private static final double PLATEAU = 1.8;

  private Climb() {}

  /** Tries one setting. */
  interface Try {
    Trial of(Setting setting) throws IOException;
  }

  /**
   * Returns what was tried, cheapest first.
   *
   * @param limit microseconds per query above which nothing is of interest
   */
  static List<Trial> up(Ladder ladder, double limit, Try attempt) throws IOException {
    List<Trial> trials = new ArrayList<>();
    @Nullable Trial best = null;
    for (int rung = 0; rung < ladder.rungs().size(); ) {
      Trial trial = attempt.of(ladder.rungs().get(rung));
      trials.add(trial);
      if (best == null || trial.recall() > best.recall() + GAIN) {
        best = trial;
      }
      double micros = trial.micros();
      if (best.recall() >= TOP || micros > PLATEAU * best.micros() || micros > limit) {
        break;
      }
      rung += trial.recall() < POOR ? LONG_STEP : 1;
    }
    return trials;
  }
}

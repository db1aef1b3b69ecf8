package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Ladder;
import io.github.luceneivf.benchmarks.contender.Setting;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Tries the settings of a ladder from the cheapest on, in long steps where recall is far from
 * anybody's aim, until recall is nearly perfect or no longer grows.
 */
final class Climb {

  /** Below this recall only every third rung is tried. */
  private static final double POOR = 0.7;

  private static final int LONG_STEP = 3;

  /** At this recall the ladder has been climbed. */
  private static final double TOP = 0.998;

  /** A rung that gains less than this is one of a plateau. */
  private static final double GAIN = 0.0004;

  private static final int PLATEAU = 3;

  private Climb() {}

  /** Tries one setting. */
  interface Try {
    Trial of(Setting setting) throws IOException;
  }

  /** Returns what was tried, cheapest first. */
  static List<Trial> up(Ladder ladder, Try attempt) throws IOException {
    List<Trial> trials = new ArrayList<>();
    double best = 0;
    int flat = 0;
    for (int rung = 0; rung < ladder.rungs().size(); ) {
      Trial trial = attempt.of(ladder.rungs().get(rung));
      trials.add(trial);
      flat = trial.recall() > best + GAIN ? 0 : flat + 1;
      best = Math.max(best, trial.recall());
      if (best >= TOP || flat == PLATEAU) {
        break;
      }
      rung += trial.recall() < POOR ? LONG_STEP : 1;
    }
    return trials;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.report.Target;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The settings worth measuring on the other half, of all that were tried: the fastest that reached
 * each recall aimed at, and points of the curve between.
 */
final class Shortlist {

  /** How many of the fastest are kept at each aim: the times of trials are short and noisy. */
  private static final int PER_TARGET = 2;

  private static final double NOISE = 1.3;

  private Shortlist() {}

  /**
   * Chooses trials.
   *
   * @param curvePoints points of the curve to keep beside the aims
   */
  static List<Trial> of(List<Trial> trials, int curvePoints) {
    Set<Trial> chosen = new LinkedHashSet<>();
    for (double recall : Target.RECALLS) {
      trials.stream()
          .filter(trial -> trial.recall() >= recall)
          .sorted(Comparator.comparingDouble(Trial::micros))
          .limit(PER_TARGET)
          .forEach(chosen::add);
    }
    List<Trial> frontier = frontier(trials);
    for (int i = 0; i < curvePoints && !frontier.isEmpty(); i++) {
      chosen.add(frontier.get(i * (frontier.size() - 1) / Math.max(1, curvePoints - 1)));
    }
    return chosen.stream().sorted(Comparator.comparingDouble(Trial::recall)).toList();
  }

  /**
   * Returns the microseconds per query above which a trial cannot get onto the list: those of the
   * fastest that reached the highest aim, with room for noise; infinite if none did.
   */
  static double slowest(List<Trial> trials) {
    return NOISE
        * trials.stream()
            .filter(trial -> trial.recall() >= Target.RECALLS.getLast())
            .mapToDouble(Trial::micros)
            .min()
            .orElse(Double.POSITIVE_INFINITY);
  }

  /** Returns the trials that no other beats in recall and time, by ascending recall. */
  static List<Trial> frontier(List<Trial> trials) {
    List<Trial> fastestFirst = new ArrayList<>(trials);
    fastestFirst.sort(Comparator.comparingDouble(Trial::micros));
    List<Trial> frontier = new ArrayList<>();
    double best = -1;
    for (Trial trial : fastestFirst) {
      if (trial.recall() > best) {
        best = trial.recall();
        frontier.add(trial);
      }
    }
    return frontier;
  }
}

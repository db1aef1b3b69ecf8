// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import java.nio.file.Path;
import java.util.List;

/**
 * What a run measures and where it works. Immutable.
 *
 * @param roster who can compete
 * @param contenders who does
 * @param queries at most this many of a data set
 * @param effort how thoroughly
 * @param work folder for vectors, indexes and logs
 * @param progress where the user is told
 */
record BenchSettings(
    Roster roster,
    List<String> contenders,
    int queries,
    Effort effort,
    Path work,
    Progress progress) {

  /**
   * How thoroughly is measured.
   *
   * @param repetitions rounds in which every contender has its turn
   * @param trialSeconds CPU time of a setting that is tried
   * @param reportSeconds CPU time of a setting that is reported, per repetition
   * @param warmUpSeconds most CPU time to warm up
   * @param curvePoints points of a curve beside the recalls aimed at
   */
  record Effort(
      int repetitions,
      double trialSeconds,
      double reportSeconds,
      double warmUpSeconds,
      int curvePoints) {

    /** For figures to be published. */
    static final Effort FULL = new Effort(3, 0.04, 0.15, 12, 6);

    /** To see that everything works. */
    static final Effort QUICK = new Effort(1, 0.01, 0.02, 1, 4);

    Effort withRepetitions(int other) {
      return new Effort(other, trialSeconds, reportSeconds, warmUpSeconds, curvePoints);
    }
  }

  /** Copies the list. */
  BenchSettings {
    contenders = List.copyOf(contenders);
    if (queries < 2) {
      throw new IllegalArgumentException("queries must be at least 2, got: " + queries);
    }
    if (effort.repetitions() < 1) {
      throw new IllegalArgumentException(
          "repetitions must be at least 1, got: " + effort.repetitions());
    }
  }
}

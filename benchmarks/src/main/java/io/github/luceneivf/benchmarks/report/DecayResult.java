// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

import java.util.List;

/**
 * An index through rounds of deletes, inserts and a merge.
 *
 * @param contender name of the index, with its build settings
 * @param family whose it is
 * @param rounds the first before any change
 */
public record DecayResult(String contender, Family family, List<Round> rounds) {

  /** Copies the list. */
  public DecayResult {
    rounds = List.copyOf(rounds);
    if (rounds.isEmpty()) {
      throw new IllegalArgumentException("rounds must be at least 1, got: 0");
    }
  }

  /**
   * After a round.
   *
   * @param round 0 before any change
   * @param recall recall@k among the rows there are then, in [0, 1]
   * @param mergeSeconds the round's merge, by the clock on the wall
   * @param micros a query, on average, by the clock on the wall
   */
  public record Round(int round, double recall, double mergeSeconds, double micros) {}

  /** Returns the lowest recall of all rounds. */
  double lowest() {
    return rounds.stream().mapToDouble(Round::recall).min().orElseThrow();
  }

  /** Returns how much higher recall is at the end than at the beginning. */
  double change() {
    return rounds.getLast().recall() - rounds.getFirst().recall();
  }
}

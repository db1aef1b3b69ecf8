// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.recall;

import java.util.Arrays;

/**
 * Recall of many queries, asked in one way. Immutable.
 *
 * @param k neighbours wanted
 * @param setting how queries were asked
 * @param queries queries asked
 * @param mean mean recall, in [0, 1]
 * @param low lower end of the interval that has the true mean with 95 % confidence
 * @param high upper end of it
 * @param fifth recall that one in twenty queries does not exceed
 * @param nothing share of queries that find no true neighbour
 * @param looked vectors looked at for a query, compared by code or scored exactly; not-a-number
 *     where segments do not tell
 * @param estimated mean recall that the searches themselves estimated; not-a-number where segments
 *     do not tell
 */
record RecallFigure(
    int k,
    String setting,
    int queries,
    double mean,
    double low,
    double high,
    double fifth,
    double nothing,
    double looked,
    double estimated) {

  /** Of a normal distribution: 95 % lie within so many standard deviations. */
  private static final double DEVIATIONS = 1.96;

  /**
   * What of n queries without any event can be said with 95 % confidence: J. A. Hanley, A.
   * Lippman-Hand, If nothing goes wrong, is everything all right?, 1983.
   */
  private static final double RULE_OF_THREE = 3;

  /**
   * Sums up.
   *
   * @param recalls [queries], at least one
   * @param looked mean over queries
   * @param estimated mean over queries
   */
  static RecallFigure of(int k, String setting, double[] recalls, double looked, double estimated) {
    double[] sorted = recalls.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    double mean = Arrays.stream(sorted).sum() / n;
    double squares = Arrays.stream(sorted).map(r -> (r - mean) * (r - mean)).sum();
    double error = n > 1 ? Math.sqrt(squares / (n - 1) / n) : 1;
    double low = mean - DEVIATIONS * error;
    if (sorted[0] == sorted[n - 1]) {
      // All alike say nothing of how far another one may be off.
      low = mean - Math.min(1, RULE_OF_THREE / n) * mean;
    }
    double nothing = (double) Arrays.stream(sorted).filter(r -> r == 0).count() / n;
    return new RecallFigure(
        k,
        setting,
        n,
        mean,
        Math.max(0, low),
        Math.min(1, mean + DEVIATIONS * error),
        sorted[(n - 1) / 20],
        nothing,
        looked,
        estimated);
  }
}

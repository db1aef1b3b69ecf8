// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

/**
 * One search setting of a contender. All figures but {@code recallTuning} are of the half of the
 * queries that is reported. A figure that was not measured is {@link Double#NaN}, in JSON {@code
 * null}.
 *
 * @param settings for example {@code nprobe=32 depth=60}
 * @param recallTuning recall@k on the other half, by which settings are chosen; in [0, 1]
 * @param recall recall@k, ties counted by score; in [0, 1]
 * @param qpsMedian queries per second of the thread's CPU time, median of the repetitions
 * @param qpsLow slowest repetition
 * @param qpsHigh fastest repetition
 * @param wallQpsMedian queries per second by the clock on the wall, median of the repetitions
 * @param p50Micros median latency in microseconds
 * @param p99Micros latency that 99 % of the queries stay below, in microseconds
 * @param allocatedBytesPerQuery heap allocated by the searching thread
 * @param visitedPerQuery vectors scored per query
 * @param readBytesPerQuery bytes read from the disk per query, where the scenario counts them
 * @param isDefault whether this is what a user gets who sets nothing
 */
public record Point(
    String settings,
    double recallTuning,
    double recall,
    double qpsMedian,
    double qpsLow,
    double qpsHigh,
    double wallQpsMedian,
    double p50Micros,
    double p99Micros,
    double allocatedBytesPerQuery,
    double visitedPerQuery,
    double readBytesPerQuery,
    boolean isDefault) {

  /**
   * Checks the figures that every point has.
   *
   * @throws IllegalArgumentException if a recall is outside [0, 1] or the speed is not positive
   */
  public Point {
    requireShare("recallTuning", recallTuning);
    requireShare("recall", recall);
    if (!(qpsMedian > 0 && qpsMedian < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "qpsMedian must be positive and finite, got: " + qpsMedian);
    }
  }

  private static void requireShare(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " must be in [0, 1], got: " + value);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

/**
 * One setting measured on one half of the queries. What was not measured is {@link Double#NaN}.
 *
 * @param rows [queries × k] found, −1 where fewer were found
 * @param times per query
 * @param allocated bytes of heap per query
 * @param visited vectors per query
 * @param readBytes bytes read from the disk per query
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
record Measured(int[] rows, Times times, double allocated, double visited, double readBytes) {

  /**
   * Times per query in microseconds.
   *
   * @param cpu CPU time, mean
   * @param wall wall time, mean
   * @param p50 of the median query; CPU time where the index is warm, wall time where it is not
   * @param p99 that 99 % of the queries stay below, likewise
   */
  record Times(double cpu, double wall, double p50, double p99) {

    /** Returns times without their distribution. */
    static Times means(double cpu, double wall) {
      return new Times(cpu, wall, Double.NaN, Double.NaN);
    }

    /**
     * Returns wall times only: what counts when the disk is waited for.
     *
     * @param nanos of each query, ascending
     */
    static Times waited(long[] nanos) {
      double sum = 0;
      for (long one : nanos) {
        sum += one;
      }
      double mean = sum / nanos.length / 1e3;
      return new Times(mean, mean, quantile(nanos, 0.5), quantile(nanos, 0.99));
    }

    /** Returns a quantile in microseconds. */
    static double quantile(long[] ascendingNanos, double share) {
      return ascendingNanos[(int) (ascendingNanos.length * share)] / 1e3;
    }
  }

  /** Returns the same answers with other times, and what was read meanwhile. */
  Measured with(Times other, double bytes) {
    return new Measured(rows, other, allocated, visited, bytes);
  }
}

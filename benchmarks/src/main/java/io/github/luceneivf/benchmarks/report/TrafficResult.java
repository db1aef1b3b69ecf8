// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

/**
 * Search at a steady rate by a process that has one core, first with nothing else to do, then while
 * ten segments are merged into one and a codebook is trained for it, four times. The medians of the
 * repetitions; times by the clock on the wall, from when a query was due.
 *
 * @param contender name of the index
 * @param trainedBy who trains and encodes
 * @param idleP50Micros median before the merge
 * @param idleP99Micros 99th percentile before the merge
 * @param mergingP50Micros median while it runs
 * @param mergingP99Micros 99th percentile while it runs
 * @param slowPerMerge queries beside a merge that took over 1.5 times the idle 99th percentile
 * @param mergeSeconds the merge
 */
public record TrafficResult(
    String contender,
    String trainedBy,
    double idleP50Micros,
    double idleP99Micros,
    double mergingP50Micros,
    double mergingP99Micros,
    double slowPerMerge,
    double mergeSeconds) {}

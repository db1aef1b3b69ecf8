// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

/**
 * How long a writer takes to give up a merge, by rollback or by closing without a commit.
 *
 * @param contender name of the index, with its build settings
 * @param family whose it is
 * @param trainedBy who trains and encodes
 * @param phase what the merge was at; {@code all} for all of them together
 * @param aborts merges that were given up in it
 * @param p50Millis median, by the clock on the wall
 * @param maxMillis the longest
 */
public record AbortResult(
    String contender,
    Family family,
    String trainedBy,
    String phase,
    int aborts,
    double p50Millis,
    double maxMillis) {}

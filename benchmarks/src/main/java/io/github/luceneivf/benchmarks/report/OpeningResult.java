// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

/**
 * How an index behaves when it has just been opened. All times are by the clock on the wall; the
 * pages of the index are in memory, and its settings are those of a user who sets nothing.
 *
 * @param contender name of the index, with its build settings
 * @param openMillis opening it in a JVM that has opened none before
 * @param firstMillis the first query of that JVM
 * @param next9Millis mean of the 9 queries after it
 * @param next90Millis mean of the 90 queries after those
 * @param next900Millis mean of up to 900 queries after those
 * @param reopenMillis closing it and opening it again, now that the JVM has seen it all
 * @param reopenFirstMillis the first query after that
 */
public record OpeningResult(
    String contender,
    double openMillis,
    double firstMillis,
    double next9Millis,
    double next90Millis,
    double next900Millis,
    double reopenMillis,
    double reopenFirstMillis) {}

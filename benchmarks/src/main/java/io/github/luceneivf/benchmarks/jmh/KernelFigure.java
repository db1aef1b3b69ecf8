// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.jmh;

/**
 * One measurement.
 *
 * @param kernel what was measured
 * @param dim dimensions; 0 where they do not matter
 * @param bytes memory that one pass reads
 * @param nanosPerVector time of one vector, in the best iteration
 * @param gigabytesPerSecond bytes of codes over that time
 * @param shareOfRead speed over that of the plain read at the same size; NaN if that was not
 *     measured
 */
record KernelFigure(
    String kernel,
    int dim,
    long bytes,
    double nanosPerVector,
    double gigabytesPerSecond,
    double shareOfRead) {}

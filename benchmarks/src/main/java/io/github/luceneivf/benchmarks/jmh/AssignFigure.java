// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.jmh;

/**
 * One measurement of assignment.
 *
 * @param dim dimensions
 * @param microsPerVector time of one vector against all centroids, in the best iteration
 * @param gigaflops billions of multiplications and additions in a second
 */
record AssignFigure(int dim, double microsPerVector, double gigaflops) {}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

/**
 * What one phase of a build cost: flushing, or merging.
 *
 * @param seconds by the clock on the wall
 * @param cpuSeconds CPU time of the whole process
 * @param threadSeconds CPU time of the thread that builds
 * @param heapPeakBytes most heap that was in use after a garbage collection; 0 if there was none
 * @param writtenBytes bytes written, temporary files included
 */
public record BuildPhase(
    double seconds,
    double cpuSeconds,
    double threadSeconds,
    long heapPeakBytes,
    long writtenBytes) {

  /** A phase that there was not. */
  public static final BuildPhase NONE = new BuildPhase(0, 0, 0, 0, 0);
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

import java.util.List;
import java.util.Optional;

/**
 * Ten flushes and a forced merge of an index that knows its rows already: the medians of the
 * repetitions.
 *
 * @param contender name of the index, with its build settings
 * @param family whose it is
 * @param flushSeconds adding and flushing all rows, by the clock on the wall
 * @param flushCpuSeconds the same in CPU time of the thread that does it
 * @param mergeSeconds forced merge to one segment, by the clock on the wall
 * @param mergeCpuSeconds the same in CPU time of the thread that does it
 * @param mergeWrittenBytes bytes that the merge wrote, temporary files included
 * @param learnSeconds the merge in which it learnt, by the clock on the wall; 0 without one
 * @param mergeHeapBytes highest heap in use after a collection during any of the merges, that in
 *     which it learnt included; 0 if there was no collection
 */
public record MergeResult(
    String contender,
    Family family,
    double flushSeconds,
    double flushCpuSeconds,
    double mergeSeconds,
    double mergeCpuSeconds,
    long mergeWrittenBytes,
    double learnSeconds,
    long mergeHeapBytes) {

  /** Returns the result of the index that has vectors only, the least that any can cost. */
  static Optional<MergeResult> floor(List<MergeResult> results) {
    return results.stream().filter(result -> result.family() == Family.EXACT).findFirst();
  }
}

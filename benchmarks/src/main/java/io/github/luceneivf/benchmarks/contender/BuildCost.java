// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import java.util.Map;

/**
 * What an index cost.
 *
 * @param flush adding and flushing all rows
 * @param merge the forced merge; all 0 without one
 * @param fileBytes bytes on disk by file extension
 */
public record BuildCost(BuildPhase flush, BuildPhase merge, Map<String, Long> fileBytes) {

  /** Copies the map. */
  public BuildCost {
    fileBytes = Map.copyOf(fileBytes);
  }

  /** Returns the CPU seconds of both phases. */
  public double cpuSeconds() {
    return flush.cpuSeconds() + merge.cpuSeconds();
  }

  /** Returns the highest heap of both phases in bytes. */
  public long heapPeakBytes() {
    return Math.max(flush.heapPeakBytes(), merge.heapPeakBytes());
  }
}

package io.github.luceneivf.benchmarks.contender;

import java.util.Map;

/**
 * What an index cost.
 *
 * @param flushSeconds wall time of adding and flushing all rows
 * @param mergeSeconds wall time of the forced merge, 0 without one
 * @param cpuSeconds CPU time of the whole process in both
 * @param heapPeakBytes most heap that was live after a garbage collection
 * @param fileBytes bytes on disk by file extension
 */
public record BuildCost(
    double flushSeconds,
    double mergeSeconds,
    double cpuSeconds,
    long heapPeakBytes,
    Map<String, Long> fileBytes) {

  /** Copies the map. */
  public BuildCost {
    fileBytes = Map.copyOf(fileBytes);
  }
}

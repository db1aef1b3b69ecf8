// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How an index was made. A figure that was not measured is {@link Double#NaN}, in JSON {@code
 * null}; bytes that were not measured are 0.
 *
 * @param contender name of the index, with its build settings
 * @param seconds first build until the commit returns, by the clock on the wall
 * @param cpuSeconds the same in CPU time of all threads
 * @param forceMergeSeconds force merge to one segment after building by flushes
 * @param heapPeakBytes highest heap in use after a collection during the build
 * @param bytesByExtension bytes on disk by file extension without its dot, of one segment
 */
public record BuildResult(
    String contender,
    double seconds,
    double cpuSeconds,
    double forceMergeSeconds,
    long heapPeakBytes,
    Map<String, Long> bytesByExtension) {

  /** Copies the map, in the order of the extensions. */
  public BuildResult {
    bytesByExtension = Collections.unmodifiableMap(new TreeMap<>(bytesByExtension));
  }

  /** Extensions of the files that hold the vectors as they came, which every index has. */
  private static final Set<String> VECTORS = Set.of("vec", "vemf");

  /** Returns the bytes on disk of everything but the vectors themselves. */
  public long structureBytes() {
    return bytesByExtension.entrySet().stream()
        .filter(entry -> !VECTORS.contains(entry.getKey()))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** Returns all bytes on disk. */
  public long bytes() {
    return bytesByExtension.values().stream().mapToLong(Long::longValue).sum();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import java.util.Arrays;

/**
 * Queries that had to wait for the disk.
 *
 * @param nanos wall time of each query, ascending
 * @param readBytes per query
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
record Disk(long[] nanos, double readBytes) {

  /** Keeps the first {@code count} times. */
  static Disk of(long[] nanos, int count, long readBytes) {
    long[] ascending = Arrays.copyOf(nanos, count);
    Arrays.sort(ascending);
    return new Disk(ascending, (double) readBytes / count);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

/** In how many segments the rows of an index lie, and how they came there. */
public enum Layout {
  /** One flush, one segment. */
  FLUSHED(1),
  /** Ten segments as flushed, never merged. */
  SEGMENTS(10),
  /** Ten flushes, then a forced merge into one segment. */
  MERGED(10),
  /** One segment, then {@link Tag#DELETED} rows deleted. */
  WITH_DELETES(1),
  /** Ten segments, flushed by a {@link Rebuild} and never merged. */
  SHARED(10);

  private final int flushes;

  Layout(int flushes) {
    this.flushes = flushes;
  }

  /** Returns how many segments are flushed. */
  public int flushes() {
    return flushes;
  }
}

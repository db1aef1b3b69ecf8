// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import org.jspecify.annotations.Nullable;

/** In how many segments the rows of an index lie, and how they came there. */
public enum Layout {
  /** One flush, one segment. */
  FLUSHED(1),
  /** Ten segments as flushed, never merged. */
  SEGMENTS(10),
  /** Ten flushes, then a forced merge into one segment. */
  MERGED(10),
  /** {@link #FLUSHED}, then {@link Tag#DELETED} rows deleted. */
  WITH_DELETES(FLUSHED),
  /** Ten segments, flushed by a {@link Rebuild} and never merged. */
  SHARED(10),
  /** {@link #SHARED}, then {@link Tag#DELETED} rows deleted. */
  SHARED_WITH_DELETES(SHARED);

  private final int flushes;
  private final @Nullable Layout whole;

  Layout(int flushes) {
    this.flushes = flushes;
    this.whole = null;
  }

  Layout(Layout whole) {
    this.flushes = whole.flushes;
    this.whole = whole;
  }

  /** Returns the layout before rows were deleted; null if none are. */
  public @Nullable Layout whole() {
    return whole;
  }

  /** Returns how many segments are flushed. */
  public int flushes() {
    return flushes;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.scene;

import io.github.luceneivf.codec.config.IvfParams;

/**
 * How documents become segments.
 *
 * @param flushes segments that are flushed
 * @param first share of the documents in the first of them; the others are of equal size
 * @param after what happens to them then
 * @param children documents of a parent, which follows them; 0 for documents without parents
 * @param params of the format
 */
record Layout(int flushes, double first, After after, int children, IvfParams params) {

  /** What happens to flushed segments. */
  enum After {
    NOTHING(""),
    MERGE(" merged"),
    DELETE(" deleted");

    private final String label;

    After(String label) {
      this.label = label;
    }
  }

  /** One document of so many is deleted where any are. */
  private static final int DELETED = 5;

  /** All documents in one flush, at default settings. */
  static final Layout ONE = new Layout(1, 1, After.NOTHING, 0, IvfParams.DEFAULT);

  /** Ten equal flushes at default settings: with few documents none has lists. */
  static final Layout TEN = new Layout(10, 0.1, After.NOTHING, 0, IvfParams.DEFAULT);

  /** Ten flushes of few documents, of which the first trains and all have lists. */
  static final Layout TEN_SMALL =
      new Layout(
          10,
          0.4,
          After.NOTHING,
          0,
          IvfParams.DEFAULT.withThresholds(new IvfParams.Thresholds(100, 1_000, 2)));

  Layout merged() {
    return new Layout(flushes, first, After.MERGE, children, params);
  }

  Layout deleted() {
    return new Layout(flushes, first, After.DELETE, children, params);
  }

  Layout withChildren(int count) {
    return new Layout(flushes, first, after, count, params);
  }

  Layout withParams(IvfParams other) {
    return new Layout(flushes, first, after, children, other);
  }

  /** Returns the first of {@code n} documents or blocks of a flush. */
  int start(int flush, int n) {
    if (flush == 0 || flush == flushes) {
      return flush == 0 ? 0 : n;
    }
    return (int) Math.round(n * (first + (1 - first) * (flush - 1) / (flushes - 1)));
  }

  /** Returns whether a row is still there. */
  boolean isLive(int row) {
    return after != After.DELETE || row % DELETED != 0;
  }

  @Override
  public String toString() {
    return flushes + after.label;
  }
}

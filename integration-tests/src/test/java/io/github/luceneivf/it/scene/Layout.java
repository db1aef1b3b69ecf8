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
    /** They were indexes of their own, each with its codebook, and are put together. */
    COLLECT(" collected"),
    /** All become one. */
    MERGE(" merged"),
    /** The same, in the order of another field, and every other document has no vector. */
    MERGE_SORTED(" sorted"),
    /** One document of five is deleted. */
    DELETE(" deleted"),
    /** The last tenth of the documents is deleted, which once were alike. */
    DELETE_LAST(" topic gone");

    private final String label;

    After(String label) {
      this.label = label;
    }
  }

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

  /** Four flushes, each of which trained a codebook of its own. */
  static final Layout FOUR_CODEBOOKS = new Layout(4, 0.25, After.COLLECT, 0, TEN_SMALL.params());

  /** A large flush and three small ones at default settings: with few documents none has lists. */
  static final Layout UNEVEN = new Layout(4, 0.65, After.NOTHING, 0, IvfParams.DEFAULT);

  /** The same, each with a codebook of its own. */
  static final Layout UNEVEN_CODEBOOKS = new Layout(4, 0.7, After.COLLECT, 0, TEN_SMALL.params());

  Layout then(After other) {
    return new Layout(flushes, first, other, children, params);
  }

  Layout withChildren(int count) {
    return new Layout(flushes, first, after, count, params);
  }

  Layout withParams(IvfParams other) {
    return new Layout(flushes, first, after, children, other);
  }

  /** Returns the layout of an index that aims at another recall. */
  Layout aimedAt(double recall) {
    return withParams(params.withTargetRecall(recall));
  }

  /** Returns the first of {@code n} documents or blocks of a flush. */
  int start(int flush, int n) {
    if (flush == 0 || flush == flushes) {
      return flush == 0 ? 0 : n;
    }
    return (int) Math.round(n * (first + (1 - first) * (flush - 1) / (flushes - 1)));
  }

  /** Returns whether one of {@code n} documents is still there. */
  boolean isLive(int row, int n) {
    return switch (after) {
      case DELETE -> row % 5 != 0;
      case DELETE_LAST -> row < n - n / 10;
      case NOTHING, COLLECT, MERGE, MERGE_SORTED -> true;
    };
  }

  /** Returns whether all ends in one segment. */
  boolean isOne() {
    return flushes == 1 || after == After.MERGE || after == After.MERGE_SORTED;
  }

  @Override
  public String toString() {
    return flushes + after.label;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

/**
 * What lists have brought of a range so far, window by window, and what the others may bring. Not
 * thread-safe; one per search.
 */
// Vectors of a range that a list brings fall with its rank r: between the last two windows as some
// power of r, and faster farther out. So the integral of that power over the ranks left is more
// than they bring.
final class RangeTail {

  /** The slowest fall assumed: with less, an even yield would never end. */
  private static final double SLOWEST = 0.5;

  private final double lists;
  private double taken;
  private double found;
  private double lastMiddle;
  private double lastYield;
  private double middle;
  private double yield;

  /**
   * Begins without windows.
   *
   * @param lists there are in all
   */
  RangeTail(double lists) {
    this.lists = lists;
  }

  /**
   * Adds a window.
   *
   * @param count its lists
   * @param vectors of the range in them
   */
  void add(double count, double vectors) {
    lastMiddle = middle;
    lastYield = yield;
    middle = taken + count / 2;
    yield = vectors / count;
    taken += count;
    found += vectors;
  }

  /** Returns whether there was no window yet. */
  boolean isEmpty() {
    return taken == 0;
  }

  /** Returns the vectors of the range in all windows. */
  double found() {
    return found;
  }

  /** Returns at most how many vectors of the range are expected in the lists that are left. */
  double missing() {
    if (yield == 0 || taken >= lists) {
      return 0;
    }
    double power = SLOWEST;
    if (lastMiddle > 0 && lastYield > yield) {
      power = Math.max(power, Math.log(lastYield / yield) / Math.log(middle / lastMiddle));
    }
    double flat = 1 - power;
    if (Math.abs(flat) < 1e-6) {
      return yield * middle * Math.log(lists / taken);
    }
    double end = Math.pow(lists / middle, flat);
    double start = Math.pow(taken / middle, flat);
    return yield * middle * (end - start) / flat;
  }
}

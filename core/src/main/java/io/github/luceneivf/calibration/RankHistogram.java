// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.calibration;

import io.github.luceneivf.calibration.Calibration.Point;
import java.util.ArrayList;
import java.util.List;

/**
 * Ranks of true neighbours in some order: of their lists among all lists, or of their approximate
 * distances among all. The share of ranks up to a setting is the recall at that setting, so one
 * pass over the queries gives the recall of every setting. Not thread-safe.
 */
public final class RankHistogram {

  private final int[] counts;
  private int worst;
  private long total;

  /** Creates an empty histogram of ranks in {@code [1, maxRank]}. */
  public RankHistogram(int maxRank) {
    this.counts = new int[maxRank + 1];
  }

  /** Counts one true neighbour. */
  public void add(int rank) {
    counts[rank]++;
    total++;
    worst = Math.max(worst, rank);
  }

  /** Returns whether nothing was counted. */
  public boolean isEmpty() {
    return total == 0;
  }

  /**
   * Returns recall by setting at 1, 2, 3, …, 8 and then four settings per octave, the last one at
   * {@code maxRank} or at the worst rank counted, whichever {@code untilWorst} says. Settings that
   * the scale makes too large for an int are one point, the last.
   *
   * @param scale factor on the settings, at least 1; rounded up
   */
  public List<Point> points(boolean untilWorst, double scale) {
    int last = untilWorst ? Math.max(worst, 1) : counts.length - 1;
    List<Point> points = new ArrayList<>();
    long sum = 0;
    int from = 1;
    for (int setting = 1; ; setting = Math.min(next(setting), last)) {
      if (Math.ceil(setting * scale) >= Integer.MAX_VALUE) {
        setting = last;
      }
      for (; from <= setting; from++) {
        sum += counts[from];
      }
      float recall = total == 0 ? 1 : (float) ((double) sum / total);
      add(new Point((int) Math.min(Math.ceil(setting * scale), Integer.MAX_VALUE), recall), points);
      if (setting == last) {
        return points;
      }
    }
  }

  /** Adds a point; one between two others of the same recall says nothing. */
  private static void add(Point point, List<Point> points) {
    int size = points.size();
    if (size > 1
        && points.get(size - 1).recall() == point.recall()
        && points.get(size - 2).recall() == point.recall()) {
      points.removeLast();
    }
    points.add(point);
  }

  private static int next(int setting) {
    return setting + Math.max(1, Integer.highestOneBit(setting) / 4);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.Assignment;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Workers;
import java.io.IOException;
import java.util.Arrays;

/**
 * The second lists of the rows of a training, and what they cost. Immutable.
 *
 * @param lists [n] second list of each row, −1 for none
 * @param costs [n] relative to the energy of the row's residual, +∞ where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record SpilledRows(int[] lists, double[] costs) {

  private static final int ROWS_PER_RANGE = 256;

  /**
   * A list that costs more is of no use: searches that come near it find nothing of the vector, and
   * where many vectors have no better one they would all be in the few lists between them.
   */
  private static final float MOST_COST = 4;

  /** No row has a second list. */
  static SpilledRows none(int rows) {
    int[] lists = new int[rows];
    Arrays.fill(lists, -1);
    double[] costs = new double[rows];
    Arrays.fill(costs, Double.POSITIVE_INFINITY);
    return new SpilledRows(lists, costs);
  }

  /** Finds them for rows that are assigned. */
  static SpilledRows of(Codebook codebook, FloatMatrix rows, Assignment assignment, Workers workers)
      throws IOException {
    SpilledRows spilled = none(rows.rows());
    SecondLists[] finders = new SecondLists[workers.count()];
    Arrays.setAll(finders, _ -> codebook.secondLists().fork());
    workers.run(
        rows.rows(),
        ROWS_PER_RANGE,
        (worker, from, to) -> {
          for (int row = from; row < to; row++) {
            spilled.lists[row] =
                finders[worker].find(rows.values(), row * rows.dim(), assignment.lists()[row]);
            spilled.costs[row] = finders[worker].cost();
          }
        },
        Workers.Tick.NONE);
    return spilled;
  }

  /** Returns the cost below which a share of the rows lies, as far as the cost is of use. */
  float costOf(double share) {
    if (share <= 0) {
      return 0;
    }
    double[] sorted = costs.clone();
    Arrays.sort(sorted);
    int below = (int) Math.round(share * sorted.length);
    return below >= sorted.length ? MOST_COST : Math.min(MOST_COST, (float) sorted[below]);
  }

  /** Returns the list that a row is in beside its own, at some cost of spilling; −1 for none. */
  int list(int row, float spillCost) {
    return costs[row] < spillCost ? lists[row] : -1;
  }

  /**
   * Returns the entries of each list at some cost of spilling.
   *
   * @param sizes [nlist] rows of each list, second entries not counted
   */
  int[] entries(int[] sizes, float spillCost) {
    int[] entries = sizes.clone();
    for (int row = 0; row < lists.length; row++) {
      int list = list(row, spillCost);
      if (list >= 0) {
        entries[list]++;
      }
    }
    return entries;
  }

  /** Returns these with those only that are spilled at a cost. */
  SpilledRows below(float spillCost) {
    SpilledRows below = none(lists.length);
    for (int row = 0; row < lists.length; row++) {
      below.lists[row] = list(row, spillCost);
      below.costs[row] = below.lists[row] < 0 ? Double.POSITIVE_INFINITY : costs[row];
    }
    return below;
  }

  /** Returns how many rows have a second list. */
  int count() {
    int count = 0;
    for (int list : lists) {
      count += list >= 0 ? 1 : 0;
    }
    return count;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.scene;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.lucene.util.LongHeap;
import org.apache.lucene.util.NumericUtils;

/** The best scores of each query, by brute force. Not thread-safe. */
final class Truth {

  /** Scores that differ by so many units in the last place are the same but for rounding. */
  private static final int ULPS = 4;

  private final SceneData data;
  private final Layout layout;
  private float[][] best = new float[0][];
  private int known;

  Truth(SceneData data, Layout layout) {
    this.data = data;
    this.layout = layout;
  }

  SceneData data() {
    return data;
  }

  /** Returns the scores of the {@code k} best documents, or of all, best first; at most k. */
  float[] best(int query, int k) {
    if (k > known) {
      best =
          IntStream.range(0, data.queries().length)
              .parallel()
              .mapToObj(q -> best(q, k, _ -> true))
              .toArray(float[][]::new);
      known = k;
    }
    float[] scores = best[query];
    return scores.length <= k ? scores : Arrays.copyOf(scores, k);
  }

  /** The same among accepted documents only. */
  float[] best(int query, int k, IntPredicate accepted) {
    LongHeap heap = new LongHeap(k, Long.MIN_VALUE);
    for (int row = 0; row < data.size(); row++) {
      if (layout.isLive(row, data.size()) && accepted.test(row)) {
        long key = NumericUtils.floatToSortableInt(data.score(query, row));
        if (key > heap.top()) {
          heap.updateTop(key);
        }
      }
    }
    float[] scores = new float[k];
    int missing = 0;
    for (int rank = k - 1; rank >= 0; rank--) {
      long key = heap.pop();
      missing += key == Long.MIN_VALUE ? 1 : 0;
      scores[rank] = NumericUtils.sortableIntToFloat((int) key);
    }
    return missing == 0 ? scores : Arrays.copyOf(scores, k - missing);
  }

  /**
   * Returns the share of the best documents that was found: those found that are as good as the
   * last of the best, so that equal scores are interchangeable. 1 if there is nothing to find.
   *
   * @param best scores, best first
   * @param rows found, distinct
   */
  double recall(int query, float[] best, int[] rows) {
    if (best.length == 0) {
      return 1;
    }
    float last = best[best.length - 1];
    float least = last - ULPS * Math.ulp(last);
    long good = Arrays.stream(rows).filter(row -> data.score(query, row) >= least).count();
    return Math.min(1, (double) good / best.length);
  }

  /** Returns whether a score is better than another by more than rounding. */
  static boolean isBetter(float score, float other) {
    return score > other + ULPS * Math.ulp(other);
  }
}

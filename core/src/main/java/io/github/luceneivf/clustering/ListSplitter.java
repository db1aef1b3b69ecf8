// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import java.io.IOException;
import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.function.IntPredicate;

/**
 * Gives free list numbers to parts of heavy lists. A number goes to the list whose parts are the
 * largest so far, again and again; then each list that got some is clustered on its own members.
 */
final class ListSplitter {

  private static final int ITERATIONS = 6;
  private static final int ROWS_PER_PART = 256;

  private final FloatMatrix rows;
  private final Workers workers;

  ListSplitter(FloatMatrix rows, Workers workers) {
    this.rows = rows;
    this.workers = workers;
  }

  /**
   * Moves the centroids of free lists into heavy ones, and those of the heavy ones too.
   *
   * @param free numbers of the lists to move
   * @param splittable lists that may be split; a free one never is
   * @param centroids [nlist × dim] changed in place
   */
  Outcome fill(
      ListMembers members,
      int[] free,
      IntPredicate splittable,
      float[] centroids,
      long seed,
      Workers.Tick tick)
      throws IOException {
    int[] parts = share(members, free, splittable);
    int dim = rows.dim();
    int used = 0;
    int split = 0;
    for (int list = 0; list < parts.length && used < free.length; list++) {
      if (parts[list] < 2) {
        continue;
      }
      FloatMatrix part = members.copy(rows, list, partRows(parts[list]));
      FloatMatrix found =
          Lloyd.cluster(part, parts[list], ITERATIONS, Lloyd.seed(seed, list), workers, tick);
      if (found.rows() < 2) {
        continue;
      }
      System.arraycopy(found.values(), 0, centroids, list * dim, dim);
      for (int i = 1; i < found.rows(); i++) {
        System.arraycopy(found.values(), i * dim, centroids, free[used++] * dim, dim);
      }
      split++;
    }
    return new Outcome(used, split);
  }

  private int partRows(int parts) {
    return (int) Math.min((long) parts * ROWS_PER_PART, rows.rows());
  }

  /** Returns how many parts each list is to have; 1 for most. */
  private static int[] share(ListMembers members, int[] free, IntPredicate splittable) {
    int nlist = members.offsets().length - 1;
    int[] parts = new int[nlist];
    Arrays.fill(parts, 1);
    for (int list : free) {
      parts[list] = 0;
    }
    PriorityQueue<Integer> heaviest =
        new PriorityQueue<>((a, b) -> {
          long left = (long) members.size(a) * parts[b];
          long right = (long) members.size(b) * parts[a];
          return left != right ? Long.compare(right, left) : Integer.compare(a, b);
        });
    for (int list = 0; list < nlist; list++) {
      if (parts[list] > 0 && members.size(list) > 1 && splittable.test(list)) {
        heaviest.add(list);
      }
    }
    for (int i = 0; i < free.length && !heaviest.isEmpty(); i++) {
      int list = heaviest.remove();
      parts[list]++;
      if (parts[list] < members.size(list)) {
        heaviest.add(list);
      }
    }
    return parts;
  }

  /**
   * What was done.
   *
   * @param used free lists that got a centroid, a prefix of those given
   * @param split lists that were split
   */
  record Outcome(int used, int split) {}
}

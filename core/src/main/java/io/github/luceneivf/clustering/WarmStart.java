// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * First centroids from those of an older clustering of similar vectors. With T the target size, n /
 * nlist: lists of more than 1.5 T become ceil(size / T) lists, those of less than T / 4 are
 * dissolved (ADR 9). What is over or short of nlist then is settled by dissolving the smallest
 * lists, or splitting the heaviest. Simulated, followed by two Lloyd iterations, this is as good as
 * starting afresh; Lloyd iterations without it are not, since centroids do not jump to new regions.
 */
final class WarmStart {

  private static final double SPLIT_ABOVE = 1.5;
  private static final double DISSOLVE_BELOW = 0.25;

  private final FloatMatrix rows;
  private final Workers workers;
  private final FloatMatrix old;
  private final int nlist;
  private final ListMembers members;

  private WarmStart(FloatMatrix rows, Workers workers, FloatMatrix old, int nlist, ListMembers m) {
    this.rows = rows;
    this.workers = workers;
    this.old = old;
    this.nlist = nlist;
    this.members = m;
  }

  /**
   * Chooses centroids.
   *
   * @param old [any × dim] centroids in the space of {@code rows}
   * @param nlist centroids wanted; there are more distinct rows than that
   * @return exactly {@code nlist} centroids; some may be equal
   */
  static FloatMatrix choose(
      FloatMatrix rows, FloatMatrix old, int nlist, long seed, Workers workers, Workers.Tick tick)
      throws IOException {
    Assignment assignment = new Lloyd(rows, workers).assign(old, share -> tick.tick(0.5 * share));
    return new WarmStart(rows, workers, old, nlist, ListMembers.of(assignment))
        .choose(seed, share -> tick.tick(0.5 + 0.5 * share));
  }

  private FloatMatrix choose(long seed, Workers.Tick tick) throws IOException {
    int[] kept = kept();
    int dim = rows.dim();
    float[] centroids = new float[Math.multiplyExact(nlist, dim)];
    for (int list = 0; list < nlist; list++) {
      int from = list < kept.length ? kept[list] : kept[0];
      System.arraycopy(old.values(), from * dim, centroids, list * dim, dim);
    }
    int[] free = IntStream.range(kept.length, nlist).toArray();
    new ListSplitter(rows, workers).fill(of(kept), free, _ -> true, centroids, seed, tick);
    return new FloatMatrix(centroids, nlist, dim);
  }

  /** Old lists that stay, ascending: at least one, at most nlist, and room for all splits. */
  private int[] kept() {
    double target = (double) rows.rows() / nlist;
    int[] bySize =
        IntStream.range(0, old.rows())
            .boxed()
            .sorted(Comparator.comparingInt(members::size).thenComparing(list -> list))
            .mapToInt(Integer::intValue)
            .toArray();
    int parts = IntStream.of(bySize).map(list -> parts(members.size(list), target)).sum();
    int dissolved = 0;
    while (dissolved < bySize.length - 1
        && (members.size(bySize[dissolved]) < DISSOLVE_BELOW * target || parts > nlist)) {
      parts -= parts(members.size(bySize[dissolved++]), target);
    }
    int[] kept = Arrays.copyOfRange(bySize, dissolved, bySize.length);
    Arrays.sort(kept);
    return kept;
  }

  private static int parts(int size, double target) {
    if (size < DISSOLVE_BELOW * target) {
      return 0;
    }
    return size > SPLIT_ABOVE * target ? (int) Math.ceil(size / target) : 1;
  }

  /** The members of some lists, numbered from 0, and none for the other numbers. */
  private ListMembers of(int[] lists) {
    int[] offsets = new int[nlist + 1];
    for (int list = 0; list < nlist; list++) {
      offsets[list + 1] = offsets[list] + (list < lists.length ? members.size(lists[list]) : 0);
    }
    int[] own = new int[offsets[nlist]];
    for (int list = 0; list < lists.length; list++) {
      System.arraycopy(
          members.rows(),
          members.offsets()[lists[list]],
          own,
          offsets[list],
          offsets[list + 1] - offsets[list]);
    }
    return new ListMembers(offsets, own);
  }
}

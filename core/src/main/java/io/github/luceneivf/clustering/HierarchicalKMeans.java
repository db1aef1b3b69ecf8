// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import java.io.IOException;

/**
 * First centroids for many lists: about √nlist parts by k-means, then each part into lists by
 * k-means, as many as its share of the vectors. Flat iterations cost rows × nlist, these cost rows
 * × √nlist; two flat iterations afterwards, which {@link KMeans} makes, leave the objective within
 * about 1 % of ten.
 */
final class HierarchicalKMeans {

  private static final int ITERATIONS = 10;

  private HierarchicalKMeans() {}

  /**
   * Chooses centroids.
   *
   * @param nlist centroids wanted; there are more distinct rows than that
   * @return exactly {@code nlist} centroids; some may be equal
   */
  static FloatMatrix choose(
      FloatMatrix rows, int nlist, long seed, Workers workers, Workers.Tick tick)
      throws IOException {
    int tops = Math.max(1, (int) Math.round(Math.sqrt(nlist)));
    FloatMatrix top =
        Lloyd.cluster(rows, tops, ITERATIONS, seed, workers, share -> tick.tick(share / 2));
    Lloyd lloyd = new Lloyd(rows, workers);
    ListMembers members = ListMembers.of(lloyd.assign(top, share -> tick.tick(0.5)));
    int[] shares = shares(members, nlist);
    FloatMatrix[] parts = new FloatMatrix[shares.length];
    workers.run(
        shares.length,
        1,
        (worker, from, to) -> {
          for (int part = from; part < to; part++) {
            FloatMatrix own = members.copy(rows, part, Integer.MAX_VALUE);
            parts[part] =
                part(own, shares[part], Lloyd.seed(seed, part), _ -> workers.check(worker));
          }
        },
        share -> tick.tick(0.5 + share / 2));
    return join(parts, shares, rows.dim());
  }

  private static FloatMatrix part(FloatMatrix own, int lists, long seed, Workers.Tick tick)
      throws IOException {
    if (lists == 0) {
      return new FloatMatrix(new float[0], 0, own.dim());
    }
    try (Workers alone = new Workers(1)) {
      return Lloyd.cluster(own, lists, ITERATIONS, seed, alone, tick);
    }
  }

  /** Shares out lists in proportion to sizes: at least one for each part that has rows. */
  private static int[] shares(ListMembers members, int nlist) {
    int parts = members.offsets().length - 1;
    int[] shares = new int[parts];
    int n = members.rows().length;
    int left = nlist;
    for (int p = 0; p < parts; p++) {
      shares[p] = members.size(p) == 0 ? 0 : 1;
      left -= shares[p];
    }
    for (; left > 0; left--) {
      int neediest = 0;
      for (int p = 1; p < parts; p++) {
        if ((long) members.size(p) * (shares[neediest] + 1)
            > (long) members.size(neediest) * (shares[p] + 1)) {
          neediest = p;
        }
      }
      shares[neediest]++;
    }
    assert n >= nlist;
    return shares;
  }

  /** Joins the parts; a part with fewer distinct rows than lists repeats its first centroid. */
  private static FloatMatrix join(FloatMatrix[] parts, int[] shares, int dim) {
    int nlist = java.util.stream.IntStream.of(shares).sum();
    float[] values = new float[Math.multiplyExact(nlist, dim)];
    int to = 0;
    for (int p = 0; p < parts.length; p++) {
      for (int i = 0; i < shares[p]; i++) {
        int from = i < parts[p].rows() ? i * dim : 0;
        System.arraycopy(parts[p].values(), from, values, to++ * dim, dim);
      }
    }
    return new FloatMatrix(values, nlist, dim);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.codebook.CentroidRanking;
import io.github.luceneivf.quantization.QueryCode;
import java.util.Arrays;

/**
 * The lists of one codebook, best first for a query. The centroids are ranked once, as far as lists
 * are asked for. Lists are taken one by one, and those taken drawn together, once each, to be
 * scanned. Not thread-safe; one per search.
 */
final class RankedLists {

  /**
   * Lists scanned best first: enough for a threshold that spares most vectors of the others (ADR
   * 10: two and eight do the same).
   */
  private static final int BEST_FIRST = 4;

  private final CentroidRanking ranking;
  private final QueryCode query;
  private final int nlist;

  private int[] ranked = new int[0];
  private float[] bases = new float[0];
  private float[] keys = new float[0];
  private int next;
  private int drawn;
  private int rankings;

  /**
   * Prepares a ranking.
   *
   * @param query in the space of the codebook
   */
  RankedLists(CentroidRanking ranking, QueryCode query, int nlist) {
    this.ranking = ranking;
    this.query = query;
    this.nlist = nlist;
  }

  boolean hasNext() {
    return next < nlist;
  }

  /** Returns the lists taken so far. */
  int taken() {
    return next;
  }

  int rankings() {
    return rankings;
  }

  /**
   * Ranks lists until one is there to take.
   *
   * @param wanted lists that may be wanted in all
   * @return whether lists were ranked anew
   */
  boolean rank(int wanted) {
    if (next < ranked.length || next == nlist) {
      return false;
    }
    rankFirst(Math.min(Math.max(wanted, Math.max(2 * ranked.length, 1)), nlist));
    return true;
  }

  private void rankFirst(int want) {
    int[] more = new int[want];
    float[] distances = new float[want];
    ranking.rank(query, want, more, distances);
    rankings++;
    if (next > 0) {
      keepOrder(more, distances);
    } else {
      ranked = more;
      bases = distances;
    }
    keys = ranking.keys(query, ranked, bases);
  }

  /** A wider ranking may order lists differently: those taken stay first, the others follow. */
  private void keepOrder(int[] more, float[] distances) {
    boolean[] seen = new boolean[nlist];
    int at = 0;
    int[] order = new int[more.length];
    float[] orderBases = new float[more.length];
    for (int i = 0; i < next; i++) {
      seen[ranked[i]] = true;
      order[at] = ranked[i];
      orderBases[at++] = bases[i];
    }
    for (int i = 0; i < more.length && at < order.length; i++) {
      if (!seen[more[i]]) {
        order[at] = more[i];
        orderBases[at++] = distances[i];
      }
    }
    ranked = order;
    bases = orderBases;
  }

  /**
   * Moves lists before all others that were not taken, in the order in which they are.
   *
   * @return how many of them were not taken before
   */
  int promote(int[] some) {
    if (ranked.length < nlist) {
      rankFirst(nlist);
    }
    boolean[] promoted = new boolean[nlist];
    for (int list : some) {
      promoted[list] = true;
    }
    int[] lists = ranked.clone();
    float[] distances = bases.clone();
    int count = 0;
    for (int i = next; i < nlist; i++) {
      count += promoted[lists[i]] ? 1 : 0;
    }
    int first = next;
    int other = next + count;
    for (int i = next; i < nlist; i++) {
      int to = promoted[lists[i]] ? first++ : other++;
      ranked[to] = lists[i];
      bases[to] = distances[i];
    }
    keys = ranking.keys(query, ranked, bases);
    return count;
  }

  /** Returns how many lists are ranked, those taken among them. */
  int size() {
    return ranked.length;
  }

  /** Returns a list by its rank. */
  int list(int rank) {
    return ranked[rank];
  }

  /** Returns the exact distance of the query to the centroid of a list, by its rank. */
  float base(int rank) {
    return bases[rank];
  }

  /** Returns by what the next list is ranked: smaller is better. */
  float nextKey() {
    return keys[next];
  }

  /** Returns what {@link #nextKey} is at least, though the next list may not be ranked yet. */
  float leastNextKey() {
    return keys[Math.min(next, keys.length - 1)];
  }

  /** Returns the next list. */
  int next() {
    return ranked[next];
  }

  /** Takes the next list. */
  void take() {
    next++;
  }

  /** Draws the ranks of lists that were taken and are among the first few, best first. */
  int[] drawBest() {
    int[] ranks = new int[Math.clamp(BEST_FIRST - (long) drawn, 0, next - drawn)];
    for (int i = 0; i < ranks.length; i++) {
      ranks[i] = drawn++;
    }
    return ranks;
  }

  /**
   * Draws the ranks of all other lists that were taken, in the order on disk, in which lists near
   * each other in space are neighbours.
   */
  int[] drawOthers() {
    long[] taken = new long[next - drawn];
    for (int i = 0; i < taken.length; i++) {
      taken[i] = (long) ranked[drawn + i] << 32 | (drawn + i);
    }
    drawn = next;
    Arrays.sort(taken);
    int[] ranks = new int[taken.length];
    for (int i = 0; i < ranks.length; i++) {
      ranks[i] = (int) taken[i];
    }
    return ranks;
  }
}

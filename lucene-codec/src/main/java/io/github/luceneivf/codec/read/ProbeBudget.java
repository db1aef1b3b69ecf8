// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.probe.ProbeReport;
import java.io.IOException;
import java.util.Arrays;

/**
 * How many lists a search probes, and which is next: the nearest of all codebooks. A list counts as
 * many as its codebook's lists have vectors on average, in lists of the first codebook. Not
 * thread-safe; one per search.
 */
final class ProbeBudget {

  /** Share of a list to be wanted before it is probed. */
  private static final double WORTH = 0.5;

  private final CodebookGroup[] groups;
  private final double[] weights;
  private final double leastWeight;
  private final long mostVectors;
  private double spent;
  private long vectors;
  private boolean cutOff;
  private float farthestKey = Float.NaN;
  private float nearestKey = Float.NaN;

  /**
   * Prepares a budget.
   *
   * @param groups at least one, shared, with settings
   */
  ProbeBudget(CodebookGroup[] groups) {
    this.groups = groups;
    this.weights = new double[groups.length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = groups[i].vectorsPerList() / groups[0].vectorsPerList();
    }
    this.leastWeight = Arrays.stream(weights).min().orElseThrow();
    this.mostVectors = groups[0].settings().strategy().budget().orElse(Long.MAX_VALUE);
  }

  /** Returns the lists to probe to find the {@code nearest} vectors. */
  double lists(double nearest) {
    double sum = 0;
    for (int i = 0; i < groups.length; i++) {
      sum += weights[i] * groups[i].settings().lists(nearest);
    }
    return sum;
  }

  /** Returns the candidates to rerank to find the {@code hits} nearest. */
  int depth(int hits) {
    int depth = 0;
    for (CodebookGroup group : groups) {
      depth = Math.max(depth, group.settings().depth(hits));
    }
    return depth;
  }

  /** Returns the lists there are. */
  double all() {
    double sum = 0;
    for (int i = 0; i < groups.length; i++) {
      sum += weights[i] * groups[i].settings().meta().nlist();
    }
    return sum;
  }

  /** Returns by what the list taken last is ranked. */
  float farthestKey() {
    return farthestKey;
  }

  /** Returns the lists taken. */
  double spent() {
    return spent;
  }

  /** Returns whether there is nothing more to take, or no more may be taken. */
  boolean isExhausted() {
    return cutOff || nothingLeft();
  }

  private boolean nothingLeft() {
    for (CodebookGroup group : groups) {
      if (group.hasNext()) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether another list may be taken, and one may have vectors within a distance. */
  boolean nextReaches(double distance) {
    if (cutOff) {
      return false;
    }
    for (CodebookGroup group : groups) {
      if (group.hasNext() && group.nextReaches(distance)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Takes a list, and more until {@code wanted} are taken, or half a list less.
   *
   * @return whether any was taken
   */
  boolean take(double wanted) throws IOException {
    double before = spent;
    while (spent == before || mayBeWorth(wanted)) {
      int nearest = nearest(wanted);
      if (nearest < 0
          || (spent > before && !isWorth(nearest, wanted))
          || !affords(groups[nearest])) {
        break;
      }
      farthestKey = nearestKey;
      groups[nearest].take();
      spent += weights[nearest];
    }
    return spent > before;
  }

  /**
   * Takes lists around a vector, of all codebooks, where they were not taken before.
   *
   * @param vector [dim], as it was indexed
   * @return whether any was taken
   */
  boolean takeAround(float[] vector) {
    double before = spent;
    for (int i = 0; i < groups.length; i++) {
      int more = groups[i].promoteAround(vector);
      for (int taken = 0; taken < more && affords(groups[i]); taken++) {
        groups[i].take();
        spent += weights[i];
      }
    }
    return spent > before;
  }

  /**
   * Returns whether there is another list, and more than half of it is wanted: otherwise a single
   * deleted document would cost a list.
   *
   * @param wanted lists wanted in all
   */
  boolean isWorthMore(double wanted) throws IOException {
    if (cutOff || !mayBeWorth(wanted)) {
      return false;
    }
    int nearest = nearest(wanted);
    return nearest >= 0 && isWorth(nearest, wanted);
  }

  /** Whether another list would be worth it if it were one of the smallest. */
  private boolean mayBeWorth(double wanted) {
    return wanted - spent >= WORTH * leastWeight;
  }

  private boolean isWorth(int group, double wanted) {
    return wanted - spent >= WORTH * weights[group];
  }

  /** Whether the next list of a group may be scanned; the first of all always may. */
  private boolean affords(CodebookGroup group) {
    if (mostVectors == Long.MAX_VALUE) {
      return true;
    }
    long more = group.nextVectors();
    cutOff = spent > 0 && vectors + more > mostVectors;
    vectors += cutOff ? 0 : more;
    return !cutOff;
  }

  /** Returns the group whose next list is the nearest; −1 if none has one. */
  private int nearest(double wanted) throws IOException {
    int nearest = -1;
    float least = Float.NaN;
    for (int i = 0; i < groups.length; i++) {
      if (!groups[i].hasNext()) {
        continue;
      }
      float key = groups[i].nextKey((int) Math.ceil(wanted / weights[i]));
      if (!(key >= least)) {
        least = key;
        nearest = i;
      }
    }
    nearestKey = least;
    return nearest;
  }

  /**
   * Says what was looked at.
   *
   * @param nearest vectors that were to be found
   * @param ended whether the collector ended the search
   */
  ProbeReport report(double nearest, long scanned, long scored, boolean ended) {
    double share = nothingLeft() ? Double.MAX_VALUE : spent / lists(nearest);
    double recall = 0;
    long all = 0;
    int codebooks = 0;
    int rankings = 0;
    int lists = 0;
    for (CodebookGroup group : groups) {
      ProbeSettings settings = group.settings();
      recall += group.vectors() * settings.recall(nearest, share * settings.lists(nearest));
      all += group.vectors();
      if (settings.meta().nlist() > 1) {
        codebooks++;
        rankings += group.rankings();
        lists += group.taken();
      }
    }
    double estimate = all == 0 ? 1 : recall / all;
    return new ProbeReport(
        codebooks, rankings, lists, scanned, scored, all, estimate, cutOff || ended);
  }
}

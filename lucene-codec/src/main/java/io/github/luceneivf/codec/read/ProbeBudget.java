// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.probe.ProbeReport;
import java.io.IOException;

/**
 * How many lists a search probes, and which is next: the nearest of all codebooks. A list counts as
 * many as its codebook's lists have vectors on average, in lists of the first codebook. Not
 * thread-safe; one per search.
 */
final class ProbeBudget {

  private final CodebookGroup[] groups;
  private final double[] weights;
  private final long mostVectors;
  private double spent;
  private long vectors;
  private boolean cutOff;
  private float farthestKey = Float.NaN;

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
   * Takes lists until {@code wanted} are taken, or half a list less.
   *
   * @return whether any was taken
   */
  boolean take(double wanted) throws IOException {
    double before = spent;
    do {
      int nearest = nearest(wanted);
      if (nearest < 0 || !affords(groups[nearest])) {
        break;
      }
      groups[nearest].take();
      spent += weights[nearest];
    } while (wanted - spent >= weights[0] / 2);
    return spent > before;
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
    farthestKey = nearest < 0 ? farthestKey : least;
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

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import java.io.IOException;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.ArrayUtil;
import org.jspecify.annotations.Nullable;

/** Scores candidates exactly and hands them to the collector. Not thread-safe; one per search. */
final class Reranker {

  /** Vectors scored from which on their errors say something. */
  private static final int LEAST = 16;

  private final KnnCollector collector;

  private final ScoreDistance distances;
  private final ExactScores batch;
  private final Spread errors = new Spread();
  private float[] exact = new float[64];
  private int scored;
  private @Nullable Best best;

  /**
   * Creates a reranker of what a scan finds.
   *
   * @param distances of scores in the space of the scan's distances
   */
  Reranker(CandidateScan scan, ScoreDistance distances, KnnCollector collector) {
    this.distances = distances;
    this.collector = collector;
    this.batch = new ExactScores(scan);
  }

  /** Returns how many of the vectors scored so far score at least a value. */
  int atLeast(float score) {
    int count = 0;
    for (int i = 0; i < scored; i++) {
      count += exact[i] >= score ? 1 : 0;
    }
    return count;
  }

  /** Returns the vectors scored so far. */
  int scored() {
    return scored;
  }

  /** Returns the vector of the best score so far; null while there is none. */
  @Nullable Best best() {
    return best;
  }

  /**
   * A vector found.
   *
   * @param leaf its segment
   * @param ord its ordinal there
   * @param slot in the order of scanning
   */
  record Best(float score, SearchedLeaf leaf, int ord, int slot) {
    /** Returns it as it was indexed, [dim], a copy. */
    float[] vector() throws IOException {
      return leaf.vector(ord);
    }
  }

  /** Returns the distance of the worst hit; +∞ while there are fewer hits than wanted. */
  double farthest() {
    return distances.of(collector.minCompetitiveSimilarity());
  }

  /**
   * Returns the approximate distance beyond which hardly a candidate has a score that competes, by
   * the errors of those scored so far; not-a-number while these are too few.
   *
   * @param mayBeHidden share of the worst hits that may lie beyond, in (0, 0.5]
   */
  double bound(double mayBeHidden) {
    return errors.count() < LEAST
        ? Double.NaN
        : farthest() + NormalTail.deviations(mayBeHidden) * errors.deviation();
  }

  /**
   * Reranks those of candidates [from, to) of the scan that were not yet, and collects them.
   *
   * @return the best exact score of them; −∞ if there are none
   */
  float rerank(int from, int to) throws IOException {
    int count = batch.findNew(from, to);
    batch.score();
    exact = ArrayUtil.growInRange(exact, scored + count, Integer.MAX_VALUE - 64);
    float highest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      float score = batch.score(i);
      collector.collect(batch.doc(i), score);
      errors.add(batch.approximate(i) - distances.of(score));
      exact[scored++] = score;
      highest = Math.max(highest, score);
      if (best == null || score > best.score) {
        best = new Best(score, batch.leaf(i), batch.ord(i), batch.slot(i));
      }
    }
    return highest;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.probe.RangeCollector;
import java.io.IOException;
import java.util.List;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/**
 * Whether a collector wants a range of scores, and which. One of ours says so. One of Lucene's has
 * to be asked: it is no public type, has a {@code k} of 1 like a collector of the nearest vector
 * alone, and hides its threshold. So it is given two vectors. A collector of the nearest then wants
 * nothing below the better of them; one of a range may. What it answers to each vector tells on
 * which side of the threshold it is. Not thread-safe; one per search.
 */
final class WantedRange {

  private final KnnCollector collector;
  private final boolean range;
  private final boolean known;

  /** The greatest score that is known not to be wanted. */
  private float refused;

  private boolean settled;

  private WantedRange(KnnCollector collector, boolean range, boolean known, float refused) {
    this.collector = collector;
    this.range = range;
    this.known = known;
    this.settled = known;
    this.refused = refused;
  }

  /**
   * Asks a collector.
   *
   * @param leaves that are searched; up to two of their vectors are scored and collected
   */
  static WantedRange of(KnnCollector collector, List<SearchedLeaf> leaves) throws IOException {
    if (collector instanceof RangeCollector ours) {
      return new WantedRange(collector, true, true, Math.nextDown(ours.minScore()));
    }
    if (collector.k() != 1 || collector instanceof TopKnnCollector) {
      return new WantedRange(collector, false, false, Float.NEGATIVE_INFINITY);
    }
    Once once = new Once(collector);
    WantedRange asked = new WantedRange(once, true, false, Float.NEGATIVE_INFINITY);
    int docs = 0;
    int[] doc = new int[2];
    float[] score = new float[2];
    for (SearchedLeaf leaf : leaves) {
      Bits accepted = leaf.acceptOrds();
      RandomVectorScorer scorer = leaf.scorer();
      for (int ord = 0; ord < leaf.vectors() && docs < 2; ord++) {
        if (accepted == null || accepted.get(ord)) {
          doc[docs] = leaf.doc(ord);
          score[docs++] = scorer.score(ord);
        }
      }
    }
    int better = docs == 2 && score[1] > score[0] ? 1 : 0;
    for (int i = 0; i < docs; i++) {
      // The better one first: a range may make the score of the last one its bar.
      asked.collect(doc[better ^ i], score[better ^ i]);
    }
    for (int i = 0; i < docs; i++) {
      once.remember(doc[i]);
    }
    return docs > 0 && collector.minCompetitiveSimilarity() < score[better]
        ? asked
        : new WantedRange(once, false, false, Float.NEGATIVE_INFINITY);
  }

  /** Returns whether a range is wanted; otherwise the nearest {@code k} vectors are. */
  boolean isRange() {
    return range;
  }

  /** Returns whether the least score wanted was known from the start. */
  boolean isKnown() {
    return known;
  }

  /** Returns whether the threshold is known well enough to leave vectors out. */
  boolean isSettled() {
    return settled;
  }

  /** Says that vectors on both sides of the threshold, and near it, were handed over. */
  void settle() {
    settled = true;
  }

  /** Returns what to hand vectors to. */
  KnnCollector collector() {
    return collector;
  }

  /** Returns whether there is a score known not to be wanted, so that vectors can be left out. */
  boolean isBounded() {
    return refused > Float.NEGATIVE_INFINITY;
  }

  /** Returns the greatest score that is known not to be wanted. */
  float refused() {
    return refused;
  }

  /** Hands over a vector of a range; returns whether it is wanted. */
  boolean collect(int doc, float score) {
    boolean raisedTheBar = collector.collect(doc, score);
    boolean wanted = known ? score > refused : !raisedTheBar;
    if (!wanted && score > refused) {
      refused = score;
    }
    return wanted;
  }

  /** Takes two documents once, though they come twice. */
  private static final class Once extends KnnCollector.Decorator {
    private static final int NONE = -1;

    private int first = NONE;
    private int second = NONE;

    Once(KnnCollector collector) {
      super(collector);
    }

    void remember(int doc) {
      if (first == NONE) {
        first = doc;
      } else {
        second = doc;
      }
    }

    @Override
    public boolean collect(int doc, float similarity) {
      return doc != first && doc != second && super.collect(doc, similarity);
    }
  }
}

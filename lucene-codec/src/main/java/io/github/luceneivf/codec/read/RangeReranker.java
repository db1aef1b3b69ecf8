// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import java.io.IOException;
import org.apache.lucene.util.Bits;

/**
 * Scores candidates of a range exactly, hands them to the collector, and learns from them by how
 * much approximate distances are off. Not thread-safe; one per search.
 */
final class RangeReranker {

  /** Candidates between two looks at whether the search has ended. */
  private static final int BATCH = 1 << 8;

  /** Vectors that are scored for the errors of codes alone. */
  private static final int SAMPLE = 48;

  /** Bits of scattered ordinals, of which every so many is taken. */
  private static final int SCATTERED_BITS = 24;

  /** Candidates of the first lists, near by their codes, from which on most may be wanted. */
  private static final int LEAST = 16;

  /** Vectors of all segments that are scored to learn whether most are wanted. */
  private static final int SPREAD = 64;

  /** Share of them from which on most are. */
  private static final double MOST = 0.3;

  /** Rounding of scores and distances in 32 bits, relative, generously. */
  private static final double ROUNDING = 1e-5;

  private final CandidateScan scan;
  private final WantedRange range;
  private final ScoreDistance distances;
  private final CodeErrors errors;

  private final ExactScores exact;
  private float base = Float.NaN;
  private long scored;

  /**
   * Prepares a search.
   *
   * @param mayBeLost share of the vectors found that codes may hide
   */
  RangeReranker(CandidateScan scan, WantedRange range, ScoreDistance distances, double mayBeLost) {
    this.scan = scan;
    this.range = range;
    this.distances = distances;
    this.errors = new CodeErrors(mayBeLost);
    this.exact = new ExactScores(scan);
  }

  /** Returns the vectors scored so far. */
  long scored() {
    return scored;
  }

  /**
   * Starts a window of lists.
   *
   * @param newBase distance of the query to the farthest of their centroids; not-a-number if it
   *     says nothing of errors, as with inner products
   */
  void startWindow(float newBase) {
    base = newBase;
  }

  /**
   * Scores some candidates of the first windows, chosen by their ordinals, for their errors alone.
   */
  // Not chosen by their place among the candidates: that depends on which lists are joined in
  // memory, and the same query would find others the next time.
  void sample() throws IOException {
    if (errors.isKnown()) {
      return;
    }
    int size = scan.candidates().size();
    int every = Math.max(1, size / SAMPLE);
    for (int at = 0; at < size; at += BATCH) {
      int count = Math.min(BATCH, size - at);
      exact.find(at, at + count);
      for (int i = 0; i < count; i++) {
        int ord = exact.ord(i);
        if (Scattered.bits(ord, SCATTERED_BITS) % every == 0) {
          float score = exact.leaf(i).scorer().score(ord);
          errors.addSample(error(i, distances.of(score)));
          scored++;
        }
      }
    }
  }

  /**
   * Returns the approximate distance below which nearly all vectors are that are wanted; NaN if
   * that is not known.
   */
  float bound() {
    if (!range.isSettled() || !range.isBounded() || !errors.isKnown()) {
      return Float.NaN;
    }
    double threshold = threshold();
    double rounding = ROUNDING * (Math.abs(threshold) + (Float.isNaN(base) ? 1 : base));
    double bound = threshold + Math.max(errors.margin() * unit(), rounding);
    return bound < Float.MAX_VALUE ? (float) bound : Float.NaN;
  }

  /**
   * What errors are counted in: they grow with the distance of the query to centroids. That of
   * vectors at the threshold is as great at least.
   */
  private double unit() {
    double threshold = range.isBounded() ? threshold() : 0;
    double squared = Double.isInfinite(threshold) ? base : Math.max(base, threshold);
    return squared > 0 ? Math.sqrt(squared) : 1;
  }

  /** Returns whether most of all accepted vectors are wanted, by a sample of them. */
  boolean mostAreWanted() throws IOException {
    CandidateQueue candidates = scan.candidates();
    double threshold = threshold();
    int near = 0;
    for (int i = 0; i < candidates.size(); i++) {
      near += candidates.distanceOf(i) < threshold ? 1 : 0;
    }
    if (near < LEAST || near < candidates.size() / 2) {
      return false;
    }
    int wanted = 0;
    int taken = 0;
    int step = Math.max(1, scan.most() / SPREAD);
    for (SearchedLeaf leaf : scan.leaves()) {
      Bits accepted = leaf.acceptOrds();
      for (int ord = step / 2; ord < leaf.vectors(); ord += step) {
        if (accepted == null || accepted.get(ord)) {
          taken++;
          wanted += leaf.scorer().score(ord) > range.refused() ? 1 : 0;
        }
      }
    }
    return wanted > MOST * taken;
  }

  /**
   * Reranks candidates [from, to) of the scan and collects them, segment by segment and in the
   * order on disk.
   *
   * @return how many of them are wanted
   */
  int rerank(int from, int to) throws IOException {
    int wanted = 0;
    for (int at = from; at < to && !range.collector().earlyTerminated(); at += BATCH) {
      int count = Math.min(BATCH, to - at);
      wanted +=
          collect(scan.hasCopies() ? exact.findNew(at, at + count) : exact.find(at, at + count));
    }
    return wanted;
  }

  /** By how many units the approximate distance of vector {@code i} is too large. */
  private double error(int i, double distance) {
    return (exact.approximate(i) - distance) / unit();
  }

  /** Distance of the least score that is wanted, as far as it is known. */
  double threshold() {
    return distances.of(range.refused());
  }

  private int collect(int count) throws IOException {
    exact.score();
    int wanted = 0;
    for (int i = 0; i < count; i++) {
      float score = exact.score(i);
      if (range.collect(exact.doc(i), score)) {
        wanted++;
        if (range.isSettled()) {
          double distance = distances.of(score);
          errors.addHit(error(i, distance), (threshold() - distance) / unit());
        }
      }
    }
    scored += count;
    return wanted;
  }
}

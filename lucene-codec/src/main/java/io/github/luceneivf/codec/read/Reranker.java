// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.jspecify.annotations.Nullable;

/** Scores candidates exactly and hands them to the collector. Not thread-safe; one per search. */
final class Reranker {

  private final CandidateScan scan;
  private final KnnCollector collector;

  private int[] slots = new int[0];
  private long[] found = new long[0];
  private int[] ords = new int[0];
  private float[] scores = new float[0];
  private float[] exact = new float[64];
  private int scored;

  /** Slots that were reranked, since there were candidates anew; null before. */
  private @Nullable BitSet seen;

  /** Creates a reranker of what a scan finds. */
  Reranker(CandidateScan scan, KnnCollector collector) {
    this.scan = scan;
    this.collector = collector;
  }

  /**
   * Remembers what was reranked, so that it is not again among candidates that are not the same.
   *
   * @param count candidates reranked, the nearest of the scan
   */
  void remember(int count) {
    if (seen == null) {
      seen = new BitSet();
      for (int i = 0; i < count; i++) {
        seen.set(scan.candidates().slot(i));
      }
    }
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

  /**
   * Reranks those of candidates [from, to) of the scan that were not yet, and collects them. They
   * are scored segment by segment; in a single one list by list, within a list in the order of
   * ordinals, which is the order on disk.
   *
   * @return the best exact score of them; −∞ if there are none
   */
  float rerank(int from, int to) throws IOException {
    CandidateQueue candidates = scan.candidates();
    List<SearchedLeaf> leaves = scan.leaves();
    if (slots.length < to - from) {
      slots = new int[to - from];
      found = new long[to - from];
      ords = new int[to - from];
      scores = new float[to - from];
    }
    int count = 0;
    for (int i = from; i < to; i++) {
      int slot = candidates.slot(i);
      if (seen == null || !seen.get(slot)) {
        slots[count++] = slot;
      }
    }
    Arrays.sort(slots, 0, count);
    for (int i = 0; seen != null && i < count; i++) {
      seen.set(slots[i]);
    }
    scan.find(slots, count, found);
    if (leaves.size() > 1) {
      Arrays.sort(found, 0, count);
    }
    exact = ArrayUtil.growInRange(exact, scored + count, Integer.MAX_VALUE - 64);
    float best = Float.NEGATIVE_INFINITY;
    for (int at = 0; at < count; ) {
      int leaf = (int) (found[at] >> 32);
      int n = 0;
      while (at < count && (int) (found[at] >> 32) == leaf) {
        ords[n++] = (int) found[at++];
      }
      best = Math.max(best, score(leaves.get(leaf), n));
    }
    return best;
  }

  /** Scores and collects the first {@code count} ordinals, of one segment. */
  private float score(SearchedLeaf leaf, int count) throws IOException {
    RandomVectorScorer scorer = leaf.scorer();
    if (scorer instanceof RandomVectorScorer.AbstractRandomVectorScorer rows) {
      rows.values().prefetch(ords, count);
    }
    float best = scorer.bulkScore(ords, scores, count);
    for (int i = 0; i < count; i++) {
      collector.collect(leaf.doc(ords[i]), scores[i]);
      exact[scored++] = scores[i];
    }
    return best;
  }
}

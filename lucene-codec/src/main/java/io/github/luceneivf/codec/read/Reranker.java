// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/** Scores candidates exactly and hands them to the collector. Not thread-safe; one per search. */
final class Reranker {

  private final CandidateScan scan;
  private final KnnCollector collector;

  private int[] slots = new int[0];
  private long[] found = new long[0];
  private int[] ords = new int[0];
  private float[] scores = new float[0];
  private int[] doneSlots = new int[64];
  private float[] doneScores = new float[64];
  private int scored;
  private float bestCollected = Float.NEGATIVE_INFINITY;
  private boolean again;

  /** Creates a reranker of what a scan finds. */
  Reranker(CandidateScan scan, KnnCollector collector) {
    this.scan = scan;
    this.collector = collector;
  }

  /** Returns the vectors scored so far. */
  long scored() {
    return scored;
  }

  /** Returns the vectors scored so far whose score is at least {@code least}. */
  int countFrom(float least) {
    int count = 0;
    for (int i = 0; i < scored; i++) {
      count += doneScores[i] >= least ? 1 : 0;
    }
    return count;
  }

  /** Returns the best score that the collector took since it was asked last; −∞ if none. */
  float takeBestCollected() {
    float best = bestCollected;
    bestCollected = Float.NEGATIVE_INFINITY;
    return best;
  }

  /**
   * Says that candidates that were reranked may come again, among others: they are passed over. Has
   * to be called whenever lists were scanned after some were reranked.
   */
  void passOverScored() {
    Arrays.sort(doneSlots, 0, scored);
    again = true;
  }

  /**
   * Reranks candidates [from, to) of the scan and collects them. They are scored segment by
   * segment; in a single one list by list, within a list in the order of ordinals, which is the
   * order on disk.
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
    int known = scored;
    int count = 0;
    for (int i = from; i < to; i++) {
      slots[count] = candidates.slot(i);
      count += again && Arrays.binarySearch(doneSlots, 0, known, slots[count]) >= 0 ? 0 : 1;
    }
    Arrays.sort(slots, 0, count);
    remember(count);
    scan.find(slots, count, found);
    if (leaves.size() > 1) {
      Arrays.sort(found, 0, count);
    }
    float best = Float.NEGATIVE_INFINITY;
    for (int at = 0; at < count; ) {
      int leaf = (int) (found[at] >> 32);
      int n = 0;
      while (at < count && (int) (found[at] >> 32) == leaf) {
        ords[n++] = (int) found[at++];
      }
      best = Math.max(best, score(leaves.get(leaf), n));
    }
    if (again) {
      Arrays.sort(doneSlots, 0, scored);
    }
    return best;
  }

  /** Takes note of the first {@code count} slots; their scores follow. */
  private void remember(int count) {
    doneSlots = ArrayUtil.grow(doneSlots, scored + count);
    doneScores = ArrayUtil.grow(doneScores, scored + count);
    System.arraycopy(slots, 0, doneSlots, scored, count);
  }

  /** Scores and collects the first {@code count} ordinals, of one segment. */
  private float score(SearchedLeaf leaf, int count) throws IOException {
    RandomVectorScorer scorer = leaf.scorer();
    if (scorer instanceof RandomVectorScorer.AbstractRandomVectorScorer rows) {
      rows.values().prefetch(ords, count);
    }
    float best = scorer.bulkScore(ords, scores, count);
    System.arraycopy(scores, 0, doneScores, scored, count);
    scored += count;
    for (int i = 0; i < count; i++) {
      if (collector.collect(leaf.doc(ords[i]), scores[i])) {
        bestCollected = Math.max(bestCollected, scores[i]);
      }
    }
    return best;
  }
}

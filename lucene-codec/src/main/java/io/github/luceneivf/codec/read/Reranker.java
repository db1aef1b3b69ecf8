// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/** Scores candidates exactly and hands them to the collector. Not thread-safe; one per search. */
final class Reranker {

  private final CandidateScan scan;
  private final KnnCollector collector;

  private int[] slots = new int[0];
  private long[] found = new long[0];
  private int[] ords = new int[0];
  private float[] scores = new float[0];
  private long scored;

  /** Creates a reranker of what a scan finds. */
  Reranker(CandidateScan scan, KnnCollector collector) {
    this.scan = scan;
    this.collector = collector;
  }

  /** Returns the vectors scored so far. */
  long scored() {
    return scored;
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
    int count = to - from;
    if (slots.length < count) {
      slots = new int[count];
      found = new long[count];
      ords = new int[count];
      scores = new float[count];
    }
    for (int i = 0; i < count; i++) {
      slots[i] = candidates.slot(from + i);
    }
    Arrays.sort(slots, 0, count);
    scan.find(slots, count, found);
    if (leaves.size() > 1) {
      Arrays.sort(found, 0, count);
    }
    scored += count;
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
    }
    return best;
  }
}

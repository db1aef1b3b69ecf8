// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import io.github.luceneivf.probe.RangeCollector;
import java.util.Arrays;
import org.apache.lucene.index.QueryTimeout;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TotalHits;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.util.ArrayUtil;
import org.jspecify.annotations.Nullable;

/**
 * Collects every document of a score or more. A reader that walks through a graph is let go on past
 * vectors of lower scores until it has met {@value #PATIENCE} of them in a row; then it follows
 * only what is wanted. Not thread-safe; one per search.
 */
final class DocsAbove implements RangeCollector {

  /**
   * Lower scores in a row until only wanted vectors are followed. Over an HNSW graph of 9,180 word
   * vectors this finds 0.96 of ranges of ten and 0.98 and more of larger ones (ADR 18); no other
   * value was compared.
   */
  private static final int PATIENCE = 500;

  private final float minScore;
  private final KnnSearchStrategy strategy;
  private final @Nullable QueryTimeout timeout;
  private long[] hits = new long[16];
  private int size;
  private int lowerInARow;
  private long visited;

  DocsAbove(float minScore, KnnSearchStrategy strategy, @Nullable QueryTimeout timeout) {
    this.minScore = minScore;
    this.strategy = strategy;
    this.timeout = timeout;
  }

  @Override
  public float minScore() {
    return minScore;
  }

  @Override
  public boolean collect(int doc, float score) {
    if (score >= minScore) {
      hits = ArrayUtil.grow(hits, size + 1);
      hits[size++] = (long) doc << 32 | Float.floatToRawIntBits(score) & 0xffff_ffffL;
      lowerInARow = 0;
    } else {
      lowerInARow++;
    }
    return true;
  }

  /** Adds what was found in a leaf. */
  void addAll(DocsAbove leaf, int docBase) {
    for (int i = 0; i < leaf.size; i++) {
      collect(docBase + (int) (leaf.hits[i] >> 32), Float.intBitsToFloat((int) leaf.hits[i]));
    }
    visited += leaf.visited;
  }

  @Override
  public float minCompetitiveSimilarity() {
    return lowerInARow > PATIENCE ? minScore : Float.NEGATIVE_INFINITY;
  }

  /** Returns the documents found with their scores, ascending by document. */
  FoundDocs found() {
    Arrays.sort(hits, 0, size);
    int[] docs = new int[size];
    float[] scores = new float[size];
    for (int i = 0; i < size; i++) {
      docs[i] = (int) (hits[i] >> 32);
      scores[i] = Float.intBitsToFloat((int) hits[i]);
    }
    return new FoundDocs(docs, scores);
  }

  /** Returns the documents found, best first, the lower document first among equal scores. */
  @Override
  public TopDocs topDocs() {
    FoundDocs found = found();
    ScoreDoc[] best = new ScoreDoc[size];
    for (int i = 0; i < size; i++) {
      best[i] = new ScoreDoc(found.docs()[i], found.scores()[i]);
    }
    Arrays.sort(best, (a, b) -> Float.compare(b.score, a.score));
    TotalHits.Relation relation =
        earlyTerminated()
            ? TotalHits.Relation.GREATER_THAN_OR_EQUAL_TO
            : TotalHits.Relation.EQUAL_TO;
    return new TopDocs(new TotalHits(size, relation), best);
  }

  @Override
  public boolean earlyTerminated() {
    return timeout != null && timeout.shouldExit();
  }

  @Override
  public void incVisitedCount(int count) {
    visited += count;
  }

  @Override
  public long visitedCount() {
    return visited;
  }

  @Override
  public long visitLimit() {
    return Integer.MAX_VALUE;
  }

  @Override
  public int k() {
    return 1;
  }

  @Override
  public KnnSearchStrategy getSearchStrategy() {
    return strategy;
  }
}

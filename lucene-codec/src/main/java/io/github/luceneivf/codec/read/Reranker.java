package io.github.luceneivf.codec.read;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/** Scores candidates exactly and hands them to the collector. Not thread-safe; one per search. */
final class Reranker {

  private final RandomVectorScorer scorer;
  private final KnnCollector collector;

  Reranker(RandomVectorScorer scorer, KnnCollector collector) {
    this.scorer = scorer;
    this.collector = collector;
  }

  /**
   * Reranks candidates [from, to) and collects them. They are scored in the order of their
   * ordinals, which is the order on disk.
   *
   * @param ords candidates, nearest first by approximate distance
   * @return the best exact score of the last quarter of them; −∞ if there are none
   */
  float rerank(int[] ords, int from, int to) throws IOException {
    int count = to - from;
    if (count <= 0) {
      return Float.NEGATIVE_INFINITY;
    }
    long[] byOrd = new long[count];
    for (int i = 0; i < count; i++) {
      byOrd[i] = ((long) ords[from + i] << 32) | i;
    }
    Arrays.sort(byOrd);
    int[] sorted = new int[count];
    for (int i = 0; i < count; i++) {
      sorted[i] = (int) (byOrd[i] >>> 32);
    }
    float[] scores = new float[count];
    scorer.bulkScore(sorted, scores, count);
    float tail = Float.NEGATIVE_INFINITY;
    int tailFrom = count - Math.max(1, count / 4);
    for (int i = 0; i < count; i++) {
      collector.collect(scorer.ordToDoc(sorted[i]), scores[i]);
      if ((int) byOrd[i] >= tailFrom) {
        tail = Math.max(tail, scores[i]);
      }
    }
    return tail;
  }
}

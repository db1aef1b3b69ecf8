package io.github.luceneivf.codec.read;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/** Scores candidates exactly and hands them to the collector. Not thread-safe; one per search. */
final class Reranker {

  private final RandomVectorScorer scorer;
  private final ListScanner scanner;
  private final KnnCollector collector;

  private int[] slots = new int[0];
  private int[] ords = new int[0];
  private float[] scores = new float[0];

  Reranker(RandomVectorScorer scorer, ListScanner scanner, KnnCollector collector) {
    this.scorer = scorer;
    this.scanner = scanner;
    this.collector = collector;
  }

  /**
   * Reranks candidates [from, to) and collects them. They are scored list by list, within a list in
   * the order of their ordinals, which is the order on disk.
   *
   * @return the best exact score of them; −∞ if there are none
   */
  float rerank(CandidateQueue candidates, int from, int to) throws IOException {
    int count = to - from;
    if (slots.length < count) {
      slots = new int[count];
      ords = new int[count];
      scores = new float[count];
    }
    for (int i = 0; i < count; i++) {
      slots[i] = candidates.slot(from + i);
    }
    Arrays.sort(slots, 0, count);
    scanner.ords(slots, count, ords);
    if (scorer instanceof RandomVectorScorer.AbstractRandomVectorScorer rows) {
      rows.values().prefetch(ords, count);
    }
    float best = Float.NEGATIVE_INFINITY;
    if (count > 0) {
      best = scorer.bulkScore(ords, scores, count);
    }
    for (int i = 0; i < count; i++) {
      collector.collect(scorer.ordToDoc(ords[i]), scores[i]);
    }
    return best;
  }
}

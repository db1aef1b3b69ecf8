// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;

/**
 * Ranges of scores of some vectors about some queries, by brute force.
 *
 * @param queries that are asked
 * @param scores [queries × vectors], each row ascending
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
record RangeFigures(float[][] queries, float[][] scores) {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** Passes over all queries that warm up; then as many, of which the fastest counts. */
  private static final int PASSES = 5;

  /** Makes a query for what has a score or more. */
  @FunctionalInterface
  interface Ranges {
    Query of(float[] vector, float minScore);
  }

  /**
   * What one kind of query found.
   *
   * @param mean recall
   * @param fifthPercentile of the recalls
   * @param nothing share of the queries that found nothing
   * @param micros CPU time of a query in the fastest pass
   */
  record Found(double mean, double fifthPercentile, double nothing, double micros) {}

  static RangeFigures of(float[][] vectors, float[][] queries, VectorSimilarityFunction function) {
    float[][] scores = new float[queries.length][vectors.length];
    IntStream.range(0, queries.length)
        .parallel()
        .forEach(query -> {
          for (int row = 0; row < vectors.length; row++) {
            scores[query][row] = function.compare(queries[query], vectors[row]);
          }
          Arrays.sort(scores[query]);
        });
    return new RangeFigures(queries, scores);
  }

  /** Asks for the {@code matches} best vectors by their least score. */
  Found measure(IndexSearcher searcher, int matches, Ranges ranges) throws IOException {
    double[] recalls = new double[queries.length];
    for (int q = 0; q < recalls.length; q++) {
      float least = least(q, matches);
      int from = scores[q].length - matches;
      while (from > 0 && scores[q][from - 1] == least) {
        from--;
      }
      int found = searcher.count(ranges.of(queries[q], least));
      recalls[q] = (double) found / (scores[q].length - from);
    }
    double micros = Double.POSITIVE_INFINITY;
    for (int pass = 0; pass < 2 * PASSES; pass++) {
      long start = THREADS.getCurrentThreadCpuTime();
      for (int q = 0; q < queries.length; q++) {
        searcher.count(ranges.of(queries[q], least(q, matches)));
      }
      double micro = (THREADS.getCurrentThreadCpuTime() - start) / 1e3 / queries.length;
      micros = pass < PASSES ? micros : Math.min(micros, micro);
    }
    double nothing = Arrays.stream(recalls).filter(recall -> recall == 0).count();
    Arrays.sort(recalls);
    return new Found(
        Arrays.stream(recalls).average().orElseThrow(),
        recalls[recalls.length / 20],
        nothing / recalls.length,
        micros);
  }

  private float least(int query, int matches) {
    return scores[query][scores[query].length - matches];
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.VectorIndexing;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;

/**
 * Ranges of scores over indexed rows, compared with brute force.
 *
 * @param searcher of an index by {@link VectorIndexing}
 * @param base its rows
 * @param queries that are asked
 * @param function the similarity
 * @param accepted rows that may be found
 */
record RangeScenes(
    IndexSearcher searcher,
    FloatMatrix base,
    FloatMatrix queries,
    VectorSimilarityFunction function,
    IntPredicate accepted) {

  /** Makes the query that is tested. */
  @FunctionalInterface
  interface Ranges {
    Query of(float[] vector, float minScore);
  }

  /** Recalls of all queries. */
  record Found(double mean, double fifthPercentile, double none) {}

  /** Asks for the {@code matches} best of the accepted rows by their score. */
  Found find(int matches, Ranges ranges) throws IOException {
    double[] recalls = new double[queries.rows()];
    for (int q = 0; q < recalls.length; q++) {
      float[] query = queries.row(q);
      float[] sorted = scores(query);
      float least = sorted[sorted.length - matches];
      long exist = IntStream.range(0, sorted.length).filter(i -> sorted[i] >= least).count();
      recalls[q] = (double) found(query, ranges.of(query, least), least) / exist;
    }
    double none = Arrays.stream(recalls).filter(recall -> recall == 0).count();
    Arrays.sort(recalls);
    return new Found(
        Arrays.stream(recalls).average().orElseThrow(),
        recalls[recalls.length / 20],
        none / recalls.length);
  }

  /** Scores of the accepted rows, ascending. */
  float[] scores(float[] query) {
    int[] rows = IntStream.range(0, base.rows()).filter(accepted).toArray();
    float[] scores = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      scores[i] = function.compare(query, base.row(rows[i]));
    }
    Arrays.sort(scores);
    return scores;
  }

  /** Returns how many rows are found, each once, accepted, and with its exact score. */
  private int found(float[] query, Query range, float least) throws IOException {
    ScoreDoc[] hits = searcher.search(range, base.rows()).scoreDocs;
    for (int i = 0; i < hits.length; i++) {
      int row = VectorIndexing.row(searcher, hits[i].doc);
      float exact = function.compare(query, base.row(row));
      assertTrue("row " + row, accepted.test(row));
      assertEquals(exact, hits[i].score, Math.abs(exact) * 1e-5f);
      assertTrue(hits[i].score + " is at least " + least, hits[i].score >= least);
    }
    long distinct = Arrays.stream(hits).mapToInt(hit -> hit.doc).distinct().count();
    assertEquals("no document twice", hits.length, distinct);
    return hits.length;
  }
}

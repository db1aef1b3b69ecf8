// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.VectorIndexing;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.tests.util.LuceneTestCase;

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

  /** Rows of {@link #base}. */
  static final int N = 9_000;

  static final int DIM = 32;
  static final int QUERIES = 25;

  /** Lists of about 140 vectors, and no segment scanned exactly. */
  static final IvfParams LISTS =
      IvfParams.DEFAULT
          .withThresholds(new IvfParams.Thresholds(0, 1_000, 2))
          .withSizing(ListSizing.fixed(64));

  /** Returns rows in clusters, of which the last are queries. */
  static FloatMatrix clusters() {
    long seed = LuceneTestCase.random().nextLong();
    return VectorGenerators.clusters(N + QUERIES, DIM, 90, 0.8, seed);
  }

  /** Returns rows of length 1 likewise. */
  static FloatMatrix unit() {
    return VectorGenerators.unit(N + QUERIES, DIM, 90, LuceneTestCase.random().nextLong());
  }

  /** Returns those of all rows that are indexed. */
  static FloatMatrix base(FloatMatrix all) {
    return VectorGenerators.slice(all, 0, N);
  }

  /** Returns the others, that are asked. */
  static FloatMatrix queries(FloatMatrix all) {
    return VectorGenerators.slice(all, N, N + QUERIES);
  }

  /** Makes the query that is tested. */
  @FunctionalInterface
  interface Ranges {
    Query of(float[] vector, float minScore);
  }

  /** Recalls of all queries. */
  record Found(double mean, double fifthPercentile, double none) {

    /** Fails where too little was found. */
    void check(String what) {
      assertTrue(what + ": " + this, mean >= 0.93 && fifthPercentile >= 0.5);
    }
  }

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

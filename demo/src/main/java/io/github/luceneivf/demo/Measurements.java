// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;

/** Recall and latency of ways to search, on one thread. */
final class Measurements {

  /** Neighbours wanted. */
  static final int K = 10;

  /** At least this many searches are timed. */
  private static final int TIMED = 1000;

  private Measurements() {}

  /** A way to search for the nearest neighbours. */
  @FunctionalInterface
  interface Search {
    /** Returns at most {@link #K} documents. */
    ScoreDoc[] search(IndexSearcher searcher, float[] query) throws IOException;
  }

  /**
   * What is found, and how fast.
   *
   * @param found documents found
   * @param p50Micros median latency in microseconds
   * @param p99Micros 99th percentile
   */
  record Result(Found found, double p50Micros, double p99Micros) {

    /** Returns the mean share of {@code truth} that was found. */
    double recall(Result truth) {
      return found.recall(truth.found);
    }
  }

  /**
   * Documents found.
   *
   * @param rows for each query, the row numbers of the documents found
   */
  record Found(List<Set<Long>> rows) {

    Found {
      rows = List.copyOf(rows);
    }

    /** Returns the mean share of {@code truth} that was found. */
    double recall(Found truth) {
      double sum = 0;
      for (int i = 0; i < rows.size(); i++) {
        Set<Long> hits = new HashSet<>(rows.get(i));
        hits.retainAll(truth.rows.get(i));
        sum += (double) hits.size() / Math.max(1, truth.rows.get(i).size());
      }
      return sum / rows.size();
    }
  }

  /**
   * Runs all queries once to warm up and to see what is found, then times them, round by round.
   *
   * @param queries [queries][dim]
   */
  static Result of(DirectoryReader reader, float[][] queries, Search search) throws IOException {
    IndexSearcher searcher = searcher(reader);
    Found found = found(reader, queries, search);
    int rounds = Math.max(1, (TIMED + queries.length - 1) / queries.length);
    long[] nanos = new long[rounds * queries.length];
    for (int i = 0; i < nanos.length; i++) {
      long start = System.nanoTime();
      search.search(searcher, queries[i % queries.length]);
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    return new Result(found, quantile(nanos, 0.5), quantile(nanos, 0.99));
  }

  /**
   * Runs all queries once.
   *
   * @param queries [queries][dim]
   */
  static Found found(DirectoryReader reader, float[][] queries, Search search) throws IOException {
    IndexSearcher searcher = searcher(reader);
    List<Set<Long>> rows = new ArrayList<>();
    for (float[] query : queries) {
      rows.add(rows(reader, search.search(searcher, query)));
    }
    return new Found(rows);
  }

  /** Returns a searcher without a query cache, so that every search does its work. */
  private static IndexSearcher searcher(DirectoryReader reader) {
    IndexSearcher searcher = new IndexSearcher(reader);
    searcher.setQueryCache(null);
    return searcher;
  }

  private static double quantile(long[] sorted, double share) {
    return sorted[(int) Math.round((sorted.length - 1) * share)] / 1e3;
  }

  /** Returns the row numbers of documents: the same document has the same in every index. */
  private static Set<Long> rows(DirectoryReader reader, ScoreDoc[] hits) throws IOException {
    ScoreDoc[] ordered = hits.clone();
    Arrays.sort(ordered, (a, b) -> Integer.compare(a.doc, b.doc));
    Set<Long> rows = new HashSet<>();
    int next = 0;
    for (LeafReaderContext leaf : reader.leaves()) {
      NumericDocValues values = leaf.reader().getNumericDocValues(VectorIndex.ROW);
      int end = leaf.docBase + leaf.reader().maxDoc();
      for (; next < ordered.length && ordered[next].doc < end; next++) {
        if (values == null || !values.advanceExact(ordered[next].doc - leaf.docBase)) {
          throw new IOException("document " + ordered[next].doc + " has no row number");
        }
        rows.add(values.longValue());
      }
    }
    return rows;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.soak;

import io.github.luceneivf.benchmarks.data.Recall;
import io.github.luceneivf.clustering.FloatMatrix;
import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherManager;

/** Searches without end, at default settings, on a thread of its own. */
final class SoakSearch implements Closeable {

  private final SearcherManager searchers;
  private final FloatMatrix queries;
  private final Collection<String> wrong;
  private final Thread thread;
  private volatile boolean closed;
  private volatile long searches;

  private SoakSearch(SearcherManager searchers, FloatMatrix queries, Collection<String> wrong) {
    this.searchers = searchers;
    this.queries = queries;
    this.wrong = wrong;
    this.thread = Thread.ofPlatform().daemon().name("soak-search").unstarted(this::run);
  }

  /**
   * Begins.
   *
   * @param wrong thread-safe; receives what should not have been
   */
  static SoakSearch start(
      SearcherManager searchers, FloatMatrix queries, Collection<String> wrong) {
    SoakSearch search = new SoakSearch(searchers, queries, wrong);
    search.thread.start();
    return search;
  }

  long searches() {
    return searches;
  }

  private void run() {
    long count = 0;
    try {
      while (!closed) {
        IndexSearcher searcher = searchers.acquire();
        try {
          search(searcher, queries.row((int) (count % queries.rows())));
        } finally {
          searchers.release(searcher);
        }
        searches = ++count;
      }
    } catch (IOException | RuntimeException e) {
      wrong.add("search " + count + " failed: " + e);
    }
  }

  private void search(IndexSearcher searcher, float[] query) throws IOException {
    int k = Recall.K;
    ScoreDoc[] hits =
        searcher.search(new KnnFloatVectorQuery(SoakIndex.VECTOR, query, k), k).scoreDocs;
    int expected = Math.min(k, searcher.getIndexReader().numDocs());
    if (hits.length != expected) {
      wrong.add("hits must be " + expected + ", got: " + hits.length);
    }
    if (Arrays.stream(hits).mapToInt(hit -> hit.doc).distinct().count() != hits.length) {
      wrong.add("a document was found twice");
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the search ended", e);
    }
  }
}

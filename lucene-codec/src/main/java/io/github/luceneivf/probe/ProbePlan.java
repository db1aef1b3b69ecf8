// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.probe;

import java.io.IOException;
import java.util.function.Supplier;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopDocsCollector;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the leaves of an index for one search over all of them. A query hands it to each leaf as
 * a collector; a reader of ours that is given one joins it instead of searching, every other reader
 * sees a collector that has had enough. Whatever wraps a reader (filters, timeouts, checks) thereby
 * has its say, and one that decorates the collector keeps its leaf out. Not thread-safe; one per
 * search.
 */
public final class ProbePlan implements KnnCollector {

  private final IvfSearchStrategy strategy;
  private @Nullable ProbeSearch search;
  private int leaves;
  private int docBase;

  /** Creates a plan without leaves. */
  public ProbePlan(IvfSearchStrategy strategy) {
    this.strategy = strategy;
  }

  /** Says where the documents of the leaf begin that is asked next. */
  public void startLeaf(int newDocBase) {
    this.docBase = newDocBase;
  }

  /** Returns where the documents of the current leaf begin in the index. */
  public int docBase() {
    return docBase;
  }

  /**
   * Joins with the current leaf.
   *
   * @param type of the search of all leaves
   * @param first makes it; asked by the first leaf only
   * @return the search, which is to be given what the leaf has
   * @throws ClassCastException if leaves joined a search of another type
   */
  public <S extends ProbeSearch> S join(Class<S> type, Supplier<S> first) {
    S all = search == null ? first.get() : type.cast(search);
    search = all;
    leaves++;
    return all;
  }

  /** Returns how many leaves joined. */
  public int leaves() {
    return leaves;
  }

  /**
   * Searches all leaves that joined together.
   *
   * @param collector receives documents of the index, numbered from its beginning, with exact
   *     scores
   * @return what was looked at; nothing if no leaf joined
   * @throws IOException if the index cannot be read
   */
  public ProbeReport search(KnnCollector collector) throws IOException {
    return search == null ? ProbeReport.NOTHING : search.run(collector);
  }

  @Override
  public boolean earlyTerminated() {
    return true;
  }

  @Override
  public void incVisitedCount(int count) {}

  @Override
  public long visitedCount() {
    return 0;
  }

  @Override
  public long visitLimit() {
    return 0;
  }

  @Override
  public int k() {
    return 1;
  }

  @Override
  public boolean collect(int docId, float similarity) {
    return false;
  }

  @Override
  public float minCompetitiveSimilarity() {
    return Float.POSITIVE_INFINITY;
  }

  @Override
  public TopDocs topDocs() {
    return TopDocsCollector.EMPTY_TOPDOCS;
  }

  @Override
  public KnnSearchStrategy getSearchStrategy() {
    return strategy;
  }
}

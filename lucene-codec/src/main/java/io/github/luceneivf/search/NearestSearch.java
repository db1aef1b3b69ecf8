// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.probe.ProbePlan;
import io.github.luceneivf.probe.ProbeReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TimeLimitingKnnCollectorManager;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopDocsCollector;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.Weight;
import org.apache.lucene.search.knn.KnnCollectorManager;
import org.jspecify.annotations.Nullable;

/**
 * How the nearest-neighbour queries of this package search, whatever their vector is made of: the
 * leaves of our format together, the others as Lucene does. Immutable.
 *
 * @param field name of a vector field
 * @param k documents wanted
 * @param filter applied before the search; null for all documents
 * @param strategy lists to probe and candidates to rerank
 */
record NearestSearch(String field, int k, @Nullable Query filter, IvfSearchStrategy strategy) {

  private static final NearestHits NOTHING =
      new NearestHits(TopDocsCollector.EMPTY_TOPDOCS, ProbeReport.NOTHING);

  /** Checks the components. */
  NearestSearch {
    QueryArguments.checkField(field);
    if (k < 1) {
      throw new IllegalArgumentException(
          "field=\"" + field + "\": k must be at least 1, got: " + k);
    }
    if (strategy == null) {
      throw new IllegalArgumentException(
          "field=\"" + field + "\": strategy must not be null, use CALIBRATED for the default");
    }
  }

  /** A query: its vector, and what Lucene does with it. */
  interface Target {
    /** Returns what the vector is made of. */
    VectorEncoding encoding();

    /** Throws {@code IllegalArgumentException} if the vector cannot be compared in the index. */
    void check(IndexReader reader);

    /** Hands what a leaf holds to a collector, or lets the leaf join it. */
    void search(LeafReader leaf, KnnCollector collector, AcceptDocs acceptDocs) throws IOException;

    /** Searches one leaf by itself. */
    TopDocs searchAlone(
        LeafReaderContext leaf, @Nullable Weight filter, TimeLimitingKnnCollectorManager collectors)
        throws IOException;

    /** Searches an index without leaves of our format. */
    Query rewriteAlone(IndexSearcher searcher) throws IOException;
  }

  /** Searches the index, and says what was looked at. */
  NearestHits search(IndexSearcher searcher, Target target) throws IOException {
    NearestHits found = searchTogether(searcher, target);
    return found == null
        ? new NearestHits(
            searcher.search(target.rewriteAlone(searcher), most(searcher)), ProbeReport.NOTHING)
        : found;
  }

  /** Searches the index, for a query of what was found. */
  Query rewrite(IndexSearcher searcher, Target target) throws IOException {
    NearestHits found = searchTogether(searcher, target);
    if (found == null) {
      return target.rewriteAlone(searcher);
    }
    return found.topDocs().scoreDocs.length == 0
        ? MatchNoDocsQuery.INSTANCE
        : new FoundDocsQuery(searcher.getIndexReader(), found);
  }

  /** Searches the leaves of our format together; null if there are none. */
  private @Nullable NearestHits searchTogether(IndexSearcher searcher, Target target)
      throws IOException {
    if (searcher == null) {
      throw new IllegalArgumentException("searcher must not be null");
    }
    target.check(searcher.getIndexReader());
    PlannedLeaves leaves = PlannedLeaves.of(searcher, field, filter);
    if (leaves == null) {
      return NOTHING;
    }
    ProbePlan plan = new ProbePlan(strategy);
    List<LeafReaderContext> others = leaves.join(plan, target.encoding(), target::search);
    if (plan.leaves() == 0) {
      return null;
    }
    KnnCollector collector = collector(searcher, leaves.filter());
    for (TopDocs found : searchOthers(others, leaves.filter(), searcher, target)) {
      for (ScoreDoc hit : found.scoreDocs) {
        collector.collect(hit.doc, hit.score);
      }
    }
    ProbeReport report = plan.search(collector);
    return new NearestHits(collector.topDocs(), report);
  }

  /** A collector of the k best documents of the index. */
  private KnnCollector collector(IndexSearcher searcher, @Nullable Weight filterWeight)
      throws IOException {
    // As Lucene does: no filtered search looks at more vectors than match.
    int visitLimit =
        filterWeight == null ? Integer.MAX_VALUE : searcher.getIndexReader().maxDoc() + 1;
    return collectors(searcher)
        .newCollector(visitLimit, strategy, searcher.getIndexReader().leaves().getFirst());
  }

  private int most(IndexSearcher searcher) {
    return Math.clamp(k, 1, Math.max(1, searcher.getIndexReader().maxDoc()));
  }

  private TimeLimitingKnnCollectorManager collectors(IndexSearcher searcher) {
    int most = most(searcher);
    KnnCollectorManager topK = (limit, how, _) -> new TopKnnCollector(most, limit, how);
    return new TimeLimitingKnnCollectorManager(topK, searcher.getTimeout());
  }

  /** Searches leaves of other formats as Lucene does, for k hits each, over the executor. */
  private List<TopDocs> searchOthers(
      List<LeafReaderContext> leaves,
      @Nullable Weight filterWeight,
      IndexSearcher searcher,
      Target target)
      throws IOException {
    if (leaves.isEmpty()) {
      return List.of();
    }
    TimeLimitingKnnCollectorManager limited = collectors(searcher);
    List<Callable<TopDocs>> tasks = new ArrayList<>(leaves.size());
    for (LeafReaderContext context : leaves) {
      tasks.add(() -> target.searchAlone(context, filterWeight, limited));
    }
    return searcher.getTaskExecutor().invokeAll(tasks);
  }
}

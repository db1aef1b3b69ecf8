// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.probe.ProbePlan;
import io.github.luceneivf.probe.ProbeReport;
import io.github.luceneivf.probe.QueryVectors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.FieldExistsQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TimeLimitingKnnCollectorManager;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopDocsCollector;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.Weight;
import org.apache.lucene.search.knn.KnnCollectorManager;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/**
 * The {@code k} documents nearest to a float vector, with control over the lists probed and the
 * candidates reranked. Behaves as Lucene's {@link KnnFloatVectorQuery} in everything else: the
 * filter is applied before the search, scores are exact, and it can be a clause of any other query.
 *
 * <p>All segments are searched together, on the calling thread: centroids are ranked once per
 * codebook, one budget is spent on the nearest lists of all segments, and the candidates of all are
 * reranked as one. So an index of many segments costs little more than one of a single segment, and
 * finds the same.
 *
 * <p>Segments of other vectors formats are searched each by itself, over the searcher's executor if
 * it has one; there the strategy is ignored. Queries with different strategies are not equal, so
 * that a cache keeps them apart. Immutable.
 */
public final class IvfKnnFloatVectorQuery extends KnnFloatVectorQuery {

  private static final NearestHits NOTHING =
      new NearestHits(TopDocsCollector.EMPTY_TOPDOCS, ProbeReport.NOTHING);

  private final IvfSearchStrategy strategy;

  /**
   * Searches all documents, with the setting that each segment's calibration proposes.
   *
   * @param field name of a float vector field
   * @param vector [dim of the field], copied
   * @param k documents wanted
   * @throws IllegalArgumentException if {@code field} or {@code vector} is null or empty, a value
   *     of {@code vector} is not finite, or {@code k} is less than 1
   */
  public IvfKnnFloatVectorQuery(String field, float[] vector, int k) {
    this(field, vector, k, null);
  }

  /**
   * Searches the documents that match a filter, with the setting that each segment's calibration
   * proposes.
   *
   * @param field name of a float vector field
   * @param vector [dim of the field], copied
   * @param k documents wanted
   * @param filter applied before the search; null for all documents
   * @throws IllegalArgumentException as {@link #IvfKnnFloatVectorQuery(String, float[], int)}
   */
  public IvfKnnFloatVectorQuery(String field, float[] vector, int k, @Nullable Query filter) {
    this(field, vector, k, filter, IvfSearchStrategy.CALIBRATED);
  }

  /**
   * Searches the documents that match a filter, with a setting of the caller's.
   *
   * @param field name of a float vector field
   * @param vector [dim of the field], copied
   * @param k documents wanted
   * @param filter applied before the search; null for all documents
   * @param strategy lists to probe and candidates to rerank
   * @throws IllegalArgumentException if {@code strategy} is null, and as {@link
   *     #IvfKnnFloatVectorQuery(String, float[], int)}
   */
  public IvfKnnFloatVectorQuery(
      String field, float[] vector, int k, @Nullable Query filter, IvfSearchStrategy strategy) {
    checkField(field);
    if (k < 1) {
      throw new IllegalArgumentException(
          "field=\"" + field + "\": k must be at least 1, got: " + k);
    }
    if (strategy == null) {
      throw new IllegalArgumentException(
          "field=\"" + field + "\": strategy must not be null, use CALIBRATED for the default");
    }
    super(field, checkedCopy(field, vector), k, filter, strategy);
    this.strategy = strategy;
  }

  private static void checkField(@Nullable String field) {
    if (field == null || field.isEmpty()) {
      throw new IllegalArgumentException(
          "field must be the name of a vector field, got: " + (field == null ? "null" : "\"\""));
    }
  }

  private static float[] checkedCopy(String field, float @Nullable [] vector) {
    if (vector == null || vector.length == 0) {
      throw new IllegalArgumentException(
          "field=\""
              + field
              + "\": vector must have at least 1 dimension, got: "
              + (vector == null ? "null" : "0"));
    }
    float[] copy = vector.clone();
    QueryVectors.checkFinite(field, copy);
    return copy;
  }

  /**
   * Searches the index.
   *
   * @return the hits, with what was looked at to find them; nothing in a segment of another format
   *     is counted
   * @throws IOException if the index cannot be read
   * @throws IllegalArgumentException if {@code searcher} is null, or the field's similarity is
   *     {@code COSINE} and the length of the vector is 0 or too small or large to be squared
   */
  public NearestHits search(IndexSearcher searcher) throws IOException {
    NearestHits found = searchTogether(searcher);
    return found == null
        ? new NearestHits(searcher.search(super.rewrite(searcher), k), ProbeReport.NOTHING)
        : found;
  }

  /**
   * Searches the index, as any nearest-neighbour query does when it is rewritten.
   *
   * @throws IOException if the index cannot be read
   * @throws IllegalArgumentException as {@link #search}
   */
  @Override
  public Query rewrite(IndexSearcher searcher) throws IOException {
    NearestHits found = searchTogether(searcher);
    if (found == null) {
      return super.rewrite(searcher);
    }
    ScoreDoc[] hits = found.topDocs().scoreDocs;
    return hits.length == 0
        ? MatchNoDocsQuery.INSTANCE
        : new FoundDocsQuery(searcher.getIndexReader(), hits);
  }

  /** Searches the leaves of our format together; null if there are none. */
  private @Nullable NearestHits searchTogether(IndexSearcher searcher) throws IOException {
    if (searcher == null) {
      throw new IllegalArgumentException("searcher must not be null");
    }
    QueryVectors.check(searcher.getIndexReader(), field, target);
    Weight filterWeight = null;
    if (filter != null) {
      Query accepted = accepted(searcher);
      if (accepted.getClass() == MatchNoDocsQuery.class) {
        return NOTHING;
      }
      filterWeight = searcher.createWeight(accepted, ScoreMode.COMPLETE_NO_SCORES, 1);
    }
    ProbePlan plan = new ProbePlan(strategy);
    List<LeafReaderContext> others = new ArrayList<>(0);
    for (LeafReaderContext context : searcher.getIndexReader().leaves()) {
      if (!join(context, filterWeight, plan)) {
        others.add(context);
      }
    }
    if (plan.leaves() == 0) {
      return null;
    }
    KnnCollector collector = collector(searcher, filterWeight);
    searchOthers(others, filterWeight, searcher, collector);
    ProbeReport report = plan.search(collector);
    return new NearestHits(collector.topDocs(), report);
  }

  /** The filter, and that there is a vector, in simplest terms. */
  private Query accepted(IndexSearcher searcher) throws IOException {
    Query simplest = searcher.rewrite(filter);
    if (simplest.getClass() == MatchNoDocsQuery.class) {
      return simplest;
    }
    return searcher.rewrite(
        new BooleanQuery.Builder()
            .add(simplest, BooleanClause.Occur.FILTER)
            .add(new FieldExistsQuery(field), BooleanClause.Occur.FILTER)
            .build());
  }

  /** Asks a leaf to join; returns false where it is to be searched by itself. */
  private boolean join(LeafReaderContext context, @Nullable Weight filterWeight, ProbePlan plan)
      throws IOException {
    LeafReader reader = context.reader();
    FieldInfo info = reader.getFieldInfos().fieldInfo(field);
    if (info == null
        || info.getVectorDimension() == 0
        || info.getVectorEncoding() != VectorEncoding.FLOAT32) {
      return false;
    }
    Bits liveDocs = reader.getLiveDocs();
    AcceptDocs acceptDocs =
        filterWeight == null
            ? AcceptDocs.fromLiveDocs(liveDocs, reader.maxDoc())
            : AcceptDocs.fromIteratorSupplier(
                () -> matches(filterWeight, context), liveDocs, reader.maxDoc());
    int before = plan.leaves();
    plan.startLeaf(context.docBase);
    reader.searchNearestVectors(field, target, plan, acceptDocs);
    return plan.leaves() > before;
  }

  private static DocIdSetIterator matches(Weight filter, LeafReaderContext context)
      throws IOException {
    Scorer scorer = filter.scorer(context);
    return scorer == null ? DocIdSetIterator.empty() : scorer.iterator();
  }

  /** A collector of the k best documents of the index. */
  private KnnCollector collector(IndexSearcher searcher, @Nullable Weight filterWeight)
      throws IOException {
    int maxDoc = searcher.getIndexReader().maxDoc();
    int most = Math.min(k, maxDoc);
    // As Lucene does: no filtered search looks at more vectors than match.
    int visitLimit = filterWeight == null ? Integer.MAX_VALUE : maxDoc + 1;
    KnnCollectorManager topK = (limit, how, _) -> new TopKnnCollector(most, limit, how);
    return new TimeLimitingKnnCollectorManager(topK, searcher.getTimeout())
        .newCollector(visitLimit, strategy, searcher.getIndexReader().leaves().getFirst());
  }

  /** Searches leaves of other formats as Lucene does, for k hits each, over the executor. */
  private void searchOthers(
      List<LeafReaderContext> leaves,
      @Nullable Weight filterWeight,
      IndexSearcher searcher,
      KnnCollector collector)
      throws IOException {
    if (leaves.isEmpty()) {
      return;
    }
    KnnCollectorManager topK = (limit, how, _) -> new TopKnnCollector(collector.k(), limit, how);
    TimeLimitingKnnCollectorManager limited =
        new TimeLimitingKnnCollectorManager(topK, searcher.getTimeout());
    List<Callable<TopDocs>> tasks = new ArrayList<>(leaves.size());
    for (LeafReaderContext context : leaves) {
      tasks.add(() -> searchLeaf(context, filterWeight, limited));
    }
    for (TopDocs found : searcher.getTaskExecutor().invokeAll(tasks)) {
      for (ScoreDoc hit : found.scoreDocs) {
        collector.collect(hit.doc, hit.score);
      }
    }
  }

  @Override
  public IvfSearchStrategy getSearchStrategy() {
    return strategy;
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other) && strategy.equals(((IvfKnnFloatVectorQuery) other).strategy);
  }

  @Override
  public int hashCode() {
    return 31 * super.hashCode() + Objects.hashCode(strategy);
  }

  /** Returns field, first value of the vector, k, the filter if there is one, and the strategy. */
  @Override
  public String toString(String field) {
    return super.toString(field) + "[" + strategy + "]";
  }
}

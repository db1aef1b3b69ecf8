// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.probe.ProbePlan;
import io.github.luceneivf.probe.ProbeReport;
import io.github.luceneivf.probe.QueryVectors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.FloatVectorSimilarityQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.jspecify.annotations.Nullable;

/**
 * All documents whose float vector has a score of {@code minScore} or more. Scores are those of the
 * field's similarity, as of Lucene's {@link FloatVectorSimilarityQuery}, and exact; the filter is
 * applied before the search, and it can be a clause of any other query. It finds at least the share
 * of these documents that the index was written for, 95 % by default, on average over queries.
 *
 * <p>All segments are searched together, on the calling thread, when the query is rewritten. The
 * score wanted is known from the start, so lists and codes that cannot hold anything near it are
 * left out, and the work follows the number of documents found: none at all costs a fraction of a
 * search for the ten nearest, and where most of the index is wanted it is scored as it lies on
 * disk.
 *
 * <p>Segments of other vectors formats are searched each by itself, over the searcher's executor if
 * it has one. Where the searcher has a timeout, what was found by then is the result. Immutable.
 */
public final class IvfVectorSimilarityQuery extends Query {

  private final String field;
  private final float[] target;
  private final float minScore;
  private final @Nullable Query filter;

  /**
   * Searches all documents.
   *
   * @param field name of a float vector field
   * @param vector [dim of the field], copied
   * @param minScore least score wanted; any number, −∞ for all documents with a vector
   * @throws IllegalArgumentException as {@link #IvfVectorSimilarityQuery(String, float[], float,
   *     Query)}
   */
  public IvfVectorSimilarityQuery(String field, float[] vector, float minScore) {
    this(field, vector, minScore, null);
  }

  /**
   * Searches the documents that match a filter.
   *
   * @param field name of a float vector field
   * @param vector [dim of the field], copied
   * @param minScore least score wanted; any number, −∞ for all documents with a vector
   * @param filter applied before the search; null for all documents
   * @throws IllegalArgumentException if {@code field} or {@code vector} is null or empty, a value
   *     of {@code vector} is not finite, or {@code minScore} is not a number
   */
  public IvfVectorSimilarityQuery(
      String field, float[] vector, float minScore, @Nullable Query filter) {
    QueryArguments.checkField(field);
    if (Float.isNaN(minScore)) {
      throw new IllegalArgumentException(
          "field=\"" + field + "\": minScore must be a number, got: " + minScore);
    }
    this.field = field;
    this.target = QueryArguments.checkedCopy(field, vector);
    this.minScore = minScore;
    this.filter = filter;
  }

  /** Returns the field. */
  public String getField() {
    return field;
  }

  /** Returns a copy of the vector, [dim]. */
  public float[] getTargetCopy() {
    return target.clone();
  }

  /** Returns the least score wanted. */
  public float getMinScore() {
    return minScore;
  }

  /** Returns the filter; null if all documents are searched. */
  public @Nullable Query getFilter() {
    return filter;
  }

  /**
   * Searches the index.
   *
   * @return the hits, best first, with what was looked at to find them; nothing in a segment of
   *     another format is counted
   * @throws IOException if the index cannot be read
   * @throws IllegalArgumentException if {@code searcher} is null, the field has another dimension,
   *     or its similarity is {@code COSINE} and the length of the vector is 0 or too small or large
   *     to be squared
   */
  public NearestHits search(IndexSearcher searcher) throws IOException {
    DocsAbove found = collector(searcher);
    ProbeReport report = search(searcher, found);
    return new NearestHits(found.topDocs(), report);
  }

  /**
   * Searches the index. What comes back is good for the searcher's reader only.
   *
   * @throws IOException if the index cannot be read
   * @throws IllegalArgumentException as {@link #search}
   */
  @Override
  public Query rewrite(IndexSearcher searcher) throws IOException {
    DocsAbove collector = collector(searcher);
    ProbeReport report = search(searcher, collector);
    FoundDocs found = collector.found();
    int count = found.docs().length;
    String which = count + " docs of score " + minScore + " or more";
    return count == 0
        ? MatchNoDocsQuery.INSTANCE
        : new FoundDocsQuery(searcher.getIndexReader(), found, which, report);
  }

  private DocsAbove collector(@Nullable IndexSearcher searcher) {
    if (searcher == null) {
      throw new IllegalArgumentException("searcher must not be null");
    }
    return new DocsAbove(minScore, IvfSearchStrategy.CALIBRATED, searcher.getTimeout());
  }

  private ProbeReport search(IndexSearcher searcher, DocsAbove collector) throws IOException {
    QueryVectors.check(searcher.getIndexReader(), field, target);
    PlannedLeaves leaves = PlannedLeaves.of(searcher, field, filter);
    if (leaves == null) {
      return ProbeReport.NOTHING;
    }
    ProbePlan plan = new ProbePlan(IvfSearchStrategy.CALIBRATED);
    PlannedLeaves.LeafSearch search =
        (leaf, all, accepted) -> leaf.searchNearestVectors(field, target, all, accepted);
    searchApart(leaves.join(plan, VectorEncoding.FLOAT32, search), leaves, searcher, collector);
    return plan.search(collector);
  }

  /** Searches leaves each by itself, over the executor. */
  private void searchApart(
      List<LeafReaderContext> apart,
      PlannedLeaves leaves,
      IndexSearcher searcher,
      DocsAbove collector)
      throws IOException {
    List<LeafReaderContext> searched = new ArrayList<>(0);
    List<Callable<DocsAbove>> tasks = new ArrayList<>(0);
    for (LeafReaderContext context : apart) {
      FieldInfo info = context.reader().getFieldInfos().fieldInfo(field);
      if (info != null && info.getVectorDimension() > 0) {
        searched.add(context);
        tasks.add(() -> {
          DocsAbove inLeaf = collector(searcher);
          LeafReader reader = context.reader();
          reader.searchNearestVectors(field, target, inLeaf, leaves.acceptDocs(context));
          return inLeaf;
        });
      }
    }
    List<DocsAbove> found = searcher.getTaskExecutor().invokeAll(tasks);
    for (int i = 0; i < found.size(); i++) {
      collector.addAll(found.get(i), searched.get(i).docBase);
    }
  }

  @Override
  public void visit(QueryVisitor visitor) {
    if (visitor.acceptField(field)) {
      visitor.visitLeaf(this);
    }
  }

  /** Returns field, first value of the vector, least score, and the filter if there is one. */
  @Override
  public String toString(String unused) {
    return "IvfVectorSimilarityQuery:"
        + field
        + "["
        + target[0]
        + ",...][>="
        + minScore
        + "]"
        + (filter == null ? "" : "[" + filter + "]");
  }

  @Override
  public boolean equals(Object other) {
    return sameClassAs(other)
        && field.equals(((IvfVectorSimilarityQuery) other).field)
        && Arrays.equals(target, ((IvfVectorSimilarityQuery) other).target)
        && Float.compare(minScore, ((IvfVectorSimilarityQuery) other).minScore) == 0
        && Objects.equals(filter, ((IvfVectorSimilarityQuery) other).filter);
  }

  @Override
  public int hashCode() {
    return Objects.hash(classHash(), field, Arrays.hashCode(target), minScore, filter);
  }
}

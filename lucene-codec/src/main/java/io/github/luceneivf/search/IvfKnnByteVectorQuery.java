// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.probe.QueryVectors;
import java.io.IOException;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TimeLimitingKnnCollectorManager;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.Weight;
import org.jspecify.annotations.Nullable;

/**
 * The {@code k} documents nearest to a byte vector: for a field of bytes what {@link
 * IvfKnnFloatVectorQuery} is for one of floats. Behaves as Lucene's {@link KnnByteVectorQuery} in
 * everything but the lists probed and the candidates reranked; scores are those of Lucene, so
 * {@code DOT_PRODUCT} is that of vectors of any length.
 *
 * <p>Segments of our format are searched together, on the calling thread, others each by itself.
 * Queries with different strategies are not equal, so that a cache keeps them apart. Immutable.
 */
public final class IvfKnnByteVectorQuery extends KnnByteVectorQuery {

  private final NearestSearch search;

  /**
   * Searches all documents, with the setting that each segment's calibration proposes.
   *
   * @param field name of a byte vector field
   * @param vector [dim of the field], copied
   * @param k documents wanted
   * @throws IllegalArgumentException if {@code field} or {@code vector} is null or empty, or {@code
   *     k} is less than 1
   */
  public IvfKnnByteVectorQuery(String field, byte[] vector, int k) {
    this(field, vector, k, null);
  }

  /**
   * Searches the documents that match a filter, with the setting that each segment's calibration
   * proposes.
   *
   * @param field name of a byte vector field
   * @param vector [dim of the field], copied
   * @param k documents wanted
   * @param filter applied before the search; null for all documents
   * @throws IllegalArgumentException as {@link #IvfKnnByteVectorQuery(String, byte[], int)}
   */
  public IvfKnnByteVectorQuery(String field, byte[] vector, int k, @Nullable Query filter) {
    this(field, vector, k, filter, IvfSearchStrategy.CALIBRATED);
  }

  /**
   * Searches the documents that match a filter, with a setting of the caller's.
   *
   * @param field name of a byte vector field
   * @param vector [dim of the field], copied
   * @param k documents wanted
   * @param filter applied before the search; null for all documents
   * @param strategy lists to probe and candidates to rerank
   * @throws IllegalArgumentException if {@code strategy} is null, and as {@link
   *     #IvfKnnByteVectorQuery(String, byte[], int)}
   */
  public IvfKnnByteVectorQuery(
      String field, byte[] vector, int k, @Nullable Query filter, IvfSearchStrategy strategy) {
    NearestSearch checked = new NearestSearch(field, k, filter, strategy);
    super(field, QueryArguments.checkedCopy(field, vector), k, filter, strategy);
    this.search = checked;
  }

  /**
   * Searches the index.
   *
   * @return the hits, with what was looked at to find them; nothing in a segment of another format
   *     is counted
   * @throws IOException if the index cannot be read
   * @throws IllegalArgumentException if {@code searcher} is null, or the field's similarity is
   *     {@code COSINE} and the vector is all zeros
   */
  public NearestHits search(IndexSearcher searcher) throws IOException {
    return search.search(searcher, new Target());
  }

  /**
   * Searches the index, as any nearest-neighbour query does when it is rewritten.
   *
   * @throws IOException if the index cannot be read
   * @throws IllegalArgumentException as {@link #search}
   */
  @Override
  public Query rewrite(IndexSearcher searcher) throws IOException {
    return search.rewrite(searcher, new Target());
  }

  /** The vector of bytes, and Lucene's query of it. */
  private final class Target implements NearestSearch.Target {
    @Override
    public VectorEncoding encoding() {
      return VectorEncoding.BYTE;
    }

    @Override
    public void check(IndexReader reader) {
      QueryVectors.check(reader, field, target);
    }

    @Override
    public void search(LeafReader leaf, KnnCollector collector, AcceptDocs acceptDocs)
        throws IOException {
      leaf.searchNearestVectors(field, target, collector, acceptDocs);
    }

    @Override
    public TopDocs searchAlone(
        LeafReaderContext leaf,
        @Nullable Weight accepted,
        TimeLimitingKnnCollectorManager collectors)
        throws IOException {
      return searchLeaf(leaf, accepted, collectors);
    }

    /** Lucene's collectors take memory for {@code k} documents, however few there are. */
    @Override
    public Query rewriteAlone(IndexSearcher searcher) throws IOException {
      int most = Math.max(1, searcher.getIndexReader().maxDoc());
      return k <= most
          ? IvfKnnByteVectorQuery.super.rewrite(searcher)
          : new KnnByteVectorQuery(field, target, most, filter, getSearchStrategy())
              .rewrite(searcher);
    }
  }

  @Override
  public IvfSearchStrategy getSearchStrategy() {
    return search.strategy();
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other) && search.equals(((IvfKnnByteVectorQuery) other).search);
  }

  @Override
  public int hashCode() {
    return 31 * super.hashCode() + search.strategy().hashCode();
  }

  /** Returns field, first value of the vector, k, the filter if there is one, and the strategy. */
  @Override
  public String toString(String field) {
    return super.toString(field) + "[" + search.strategy() + "]";
  }
}

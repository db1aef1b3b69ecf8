// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.QueryTimeout;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TotalHits;
import org.apache.lucene.search.TotalHits.Relation;

/**
 * Runs the legs of a {@link HybridQuery} over one index and fuses their rankings.
 *
 * <ol>
 *   <li>Each leg is searched by itself, with the query's filter, for as many hits as its window.
 *   <li>Each hit gets a normalised score by the {@link RankFusion}.
 *   <li>A document's score is the sum of its normalised scores times the legs' weights. Of equal
 *       scores the one found by more legs comes first, then the lower document number, so that an
 *       answer is reproducible. Documents that only legs of weight 0 found are left out.
 *   <li>The page that the query asks for is cut from that ranking ({@link PageStart}).
 * </ol>
 *
 * <p>All legs see the same point in time, that of the searcher's reader. A leg that fails or is cut
 * off by the searcher's timeout fails the search; half an answer is never returned. Thread use is
 * the searcher's: legs run one after the other, each over the searcher's executor if it has one.
 * Thread-safe. The caller owns the searcher and its reader.
 */
public final class HybridSearcher {

  private final IndexSearcher searcher;

  /**
   * Wraps a searcher.
   *
   * @throws IllegalArgumentException if {@code searcher} is null
   */
  public HybridSearcher(IndexSearcher searcher) {
    if (searcher == null) {
      throw new IllegalArgumentException("searcher must not be null");
    }
    this.searcher = searcher;
  }

  /**
   * Searches with {@link RankFusion#DEFAULT}.
   *
   * @throws IOException as {@link #search(HybridQuery, RankFusion)}
   * @throws IllegalArgumentException as {@link #search(HybridQuery, RankFusion)}
   */
  public HybridHits search(HybridQuery query) throws IOException {
    return search(query, RankFusion.DEFAULT);
  }

  /**
   * Searches all legs and fuses what they found.
   *
   * @throws IOException if the index cannot be read, or a leg ran into the searcher's timeout
   * @throws IllegalArgumentException if an argument is null; if a leg cannot take the query's
   *     filter, or looks for a vector that its field's similarity cannot compare, such as zeros by
   *     {@code COSINE}: then nothing was searched; or if the page is to begin after a document that
   *     is not in the ranking with that score
   * @throws IllegalStateException if a leg builds no query or gives a score that is not finite
   */
  public HybridHits search(HybridQuery query, RankFusion fusion) throws IOException {
    if (query == null) {
      throw new IllegalArgumentException("query must not be null");
    }
    if (fusion == null) {
      throw new IllegalArgumentException("fusion must not be null");
    }
    checkStart(query.start());
    double[] shares = query.shares();
    List<Query> queries = buildLegs(query);
    List<LegRanking> rankings = new ArrayList<>();
    List<LegTotal> totals = new ArrayList<>();
    boolean complete = true;
    for (int i = 0; i < shares.length; i++) {
      HybridLeg leg = query.legs().get(i);
      int depth = depth(leg);
      TopDocs found = searchLeg(leg, queries.get(i), depth);
      rankings.add(LegRanking.of(leg.name(), shares[i], found.scoreDocs, fusion));
      totals.add(new LegTotal(leg.name(), window(leg), found.scoreDocs.length, found.totalHits));
      complete &= shares[i] == 0 || found.scoreDocs.length < depth || depth == maxDepth();
    }
    FusedRanking ranking = new FusedRanking(rankings);
    Relation relation = complete ? Relation.EQUAL_TO : Relation.GREATER_THAN_OR_EQUAL_TO;
    return new HybridHits(
        ranking.page(query.start(), query.k()), new TotalHits(ranking.size(), relation), totals);
  }

  private void checkStart(PageStart start) {
    int maxDoc = searcher.getIndexReader().maxDoc();
    if (start instanceof PageStart.After last && last.doc() >= maxDoc) {
      throw new IllegalArgumentException(
          "doc of searchAfter must be less than the reader's maxDoc "
              + maxDoc
              + ", got: "
              + last.doc());
    }
  }

  /** Makes the queries of all legs and checks them, before the first is searched. */
  private List<Query> buildLegs(HybridQuery query) {
    List<Query> queries = new ArrayList<>();
    for (HybridLeg leg : query.legs()) {
      Query built = leg.query().build(depth(leg), query.filter().orElse(null));
      if (built == null) {
        throw new IllegalStateException("leg \"" + leg.name() + "\": built query must not be null");
      }
      LegQueries.checkVectors(built, searcher.getIndexReader());
      queries.add(built);
    }
    return queries;
  }

  /** The most that a leg can find; collectors allocate what they are asked for. */
  private int maxDepth() {
    return Math.max(1, searcher.getIndexReader().maxDoc());
  }

  private int depth(HybridLeg leg) {
    return Math.min(maxDepth(), window(leg));
  }

  /** The window that the query has settled. */
  private static int window(HybridLeg leg) {
    return leg.window().orElseThrow();
  }

  private TopDocs searchLeg(HybridLeg leg, Query query, int depth) throws IOException {
    boolean timedOutBefore = searcher.timedOut();
    TopDocs found = searcher.search(query, depth);
    QueryTimeout timeout = searcher.getTimeout();
    if ((searcher.timedOut() && !timedOutBefore) || (timeout != null && timeout.shouldExit())) {
      throw new IOException("leg \"" + leg.name() + "\" was cut off by the searcher's timeout");
    }
    return found;
  }
}

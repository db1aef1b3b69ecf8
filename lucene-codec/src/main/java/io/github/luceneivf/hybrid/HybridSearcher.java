// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.lucene.index.QueryTimeout;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.jspecify.annotations.Nullable;

/**
 * Runs the legs of a {@link HybridQuery} over one index and fuses their rankings.
 *
 * <ol>
 *   <li>Each leg is searched by itself, with the query's filter, for as many hits as its window.
 *   <li>Each hit gets a normalised score by the {@link RankFusion}.
 *   <li>A document's score is the sum of its normalised scores times the legs' weights. The best k
 *       are returned, equal scores by document number, so that an answer is reproducible.
 * </ol>
 *
 * <p>All legs see the same point in time, that of the searcher's reader. A leg that fails or is cut
 * off by the searcher's timeout fails the search; half an answer is never returned. Thread use is
 * the searcher's: legs run one after the other, each over the searcher's executor if it has one.
 * Thread-safe. The caller owns the searcher and its reader.
 */
public final class HybridSearcher {

  private static final Comparator<HybridHit> BEST_FIRST =
      Comparator.comparingDouble(HybridHit::score).reversed().thenComparingInt(HybridHit::doc);

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

  /** Searches with {@link RankFusion#DEFAULT}. */
  public HybridHits search(HybridQuery query) throws IOException {
    return search(query, RankFusion.DEFAULT);
  }

  /**
   * Searches all legs and fuses what they found.
   *
   * @throws IOException if the index cannot be read, or a leg ran into the searcher's timeout
   * @throws IllegalArgumentException if a leg cannot take the query's filter
   * @throws IllegalStateException if a leg gives a score that is not finite
   */
  public HybridHits search(HybridQuery query, RankFusion fusion) throws IOException {
    double[] shares = query.shares();
    List<LegRanking> rankings = new ArrayList<>();
    List<LegTotal> totals = new ArrayList<>();
    for (int i = 0; i < shares.length; i++) {
      HybridLeg leg = query.legs().get(i);
      int window = leg.windowFor(query.k());
      TopDocs found = searchLeg(leg, window, query.filter().orElse(null));
      rankings.add(LegRanking.of(leg.name(), shares[i], found.scoreDocs, fusion));
      totals.add(new LegTotal(leg.name(), window, found.scoreDocs.length, found.totalHits));
    }
    Map<Integer, LegScore[]> byDoc = byDoc(rankings);
    List<HybridHit> hits =
        byDoc.entrySet().stream()
            .map(entry -> hit(entry.getKey(), entry.getValue(), rankings))
            .sorted(BEST_FIRST)
            .limit(query.k())
            .toList();
    return new HybridHits(hits, byDoc.size(), totals);
  }

  private TopDocs searchLeg(HybridLeg leg, int window, @Nullable Query filter) throws IOException {
    // No leg can find more than the index holds, and collectors allocate what they are asked for.
    int depth = Math.clamp(searcher.getIndexReader().maxDoc(), 1, window);
    boolean timedOutBefore = searcher.timedOut();
    TopDocs found = searcher.search(leg.query().build(depth, filter), depth);
    QueryTimeout timeout = searcher.getTimeout();
    if ((searcher.timedOut() && !timedOutBefore) || (timeout != null && timeout.shouldExit())) {
      throw new IOException("leg \"" + leg.name() + "\" was cut off by the searcher's timeout");
    }
    return found;
  }

  /** Returns, per document, one score per leg; null where the leg did not find the document. */
  private static Map<Integer, LegScore[]> byDoc(List<LegRanking> rankings) {
    Map<Integer, LegScore[]> byDoc = new HashMap<>();
    for (int leg = 0; leg < rankings.size(); leg++) {
      LegRanking ranking = rankings.get(leg);
      ScoreDoc[] hits = ranking.hits();
      for (int i = 0; i < hits.length; i++) {
        double normalized = ranking.normalized()[i];
        byDoc.computeIfAbsent(hits[i].doc, _ -> new LegScore[rankings.size()])[leg] =
            new LegScore(
                ranking.leg(),
                OptionalInt.of(i + 1),
                hits[i].score,
                normalized,
                ranking.share() * normalized);
      }
    }
    return byDoc;
  }

  private static HybridHit hit(int doc, @Nullable LegScore[] found, List<LegRanking> rankings) {
    List<LegScore> scores = new ArrayList<>();
    double sum = 0;
    for (int leg = 0; leg < found.length; leg++) {
      LegScore score = found[leg];
      scores.add(score == null ? LegScore.absent(rankings.get(leg).leg()) : score);
      sum += score == null ? 0 : score.contribution();
    }
    return new HybridHit(doc, (float) sum, scores);
  }
}

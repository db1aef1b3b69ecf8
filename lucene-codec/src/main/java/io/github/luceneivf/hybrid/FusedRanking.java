// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.lucene.search.ScoreDoc;
import org.jspecify.annotations.Nullable;

/**
 * All candidates of a hybrid search, best first: the ranking that pages are cut from. A document is
 * a candidate if a leg of some weight holds it in its window; a weightless leg adds what it says of
 * the candidates and nothing else. Not thread-safe; one per search.
 */
final class FusedRanking {

  /**
   * Order by score before it is rounded for display. Where even these are equal, a document that
   * more legs of some weight have found comes first, and last the document number decides.
   */
  private static final Comparator<Candidate> BEST_FIRST =
      Comparator.comparingDouble(Candidate::score)
          .thenComparingInt(Candidate::ranks)
          .reversed()
          .thenComparingInt(Candidate::doc);

  private final List<LegRanking> rankings;
  private final List<Candidate> candidates;

  /**
   * One document.
   *
   * @param score sum of the contributions
   * @param ranks legs of some weight that found it
   * @param legs [legs], null where the leg did not find it
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Candidate(int doc, double score, int ranks, @Nullable LegScore[] legs) {

    float shownScore() {
      return (float) score;
    }
  }

  FusedRanking(List<LegRanking> rankings) {
    this.rankings = rankings;
    Map<Integer, @Nullable LegScore[]> byDoc = new HashMap<>();
    for (LegRanking ranking : rankings) {
      if (ranking.share() > 0) {
        for (ScoreDoc hit : ranking.hits()) {
          byDoc.computeIfAbsent(hit.doc, _ -> new LegScore[rankings.size()]);
        }
      }
    }
    for (int leg = 0; leg < rankings.size(); leg++) {
      fill(leg, byDoc);
    }
    candidates = new ArrayList<>(byDoc.size());
    byDoc.forEach((doc, legs) -> candidates.add(candidate(doc, legs)));
    candidates.sort(BEST_FIRST);
  }

  private void fill(int leg, Map<Integer, @Nullable LegScore[]> byDoc) {
    LegRanking ranking = rankings.get(leg);
    ScoreDoc[] hits = ranking.hits();
    for (int i = 0; i < hits.length; i++) {
      @Nullable LegScore[] scores = byDoc.get(hits[i].doc);
      if (scores != null) {
        double normalized = ranking.normalized()[i];
        OptionalInt rank = OptionalInt.of(i + 1);
        double contribution = ranking.share() * normalized;
        scores[leg] = new LegScore(ranking.leg(), rank, hits[i].score, normalized, contribution);
      }
    }
  }

  private Candidate candidate(int doc, @Nullable LegScore[] legs) {
    double[] contributions = new double[legs.length];
    int ranks = 0;
    for (int leg = 0; leg < legs.length; leg++) {
      LegScore score = legs[leg];
      if (score != null) {
        contributions[leg] = score.contribution();
        ranks += rankings.get(leg).share() > 0 ? 1 : 0;
      }
    }
    // In order of size, so that equal contributions in another order of legs give the same sum.
    Arrays.sort(contributions);
    return new Candidate(doc, Arrays.stream(contributions).reduce(0, Double::sum), ranks, legs);
  }

  /** Returns the number of candidates. */
  int size() {
    return candidates.size();
  }

  /** Returns at most {@code k} hits from {@code start} on. */
  List<HybridHit> page(PageStart start, int k) {
    int from =
        switch (start) {
          case PageStart.From skipped -> Math.min(skipped.hits(), candidates.size());
          case PageStart.After last -> placeOf(last) + 1;
        };
    int to = (int) Math.min((long) from + k, candidates.size());
    return candidates.subList(from, to).stream().map(this::hit).toList();
  }

  private int placeOf(PageStart.After last) {
    for (int place = 0; place < candidates.size(); place++) {
      Candidate candidate = candidates.get(place);
      if (candidate.doc() == last.doc()) {
        if (Float.compare(candidate.shownScore(), last.score()) != 0) {
          throw notAHit(last, "its score here is " + candidate.shownScore());
        }
        return place;
      }
    }
    throw notAHit(last, "there is no such hit");
  }

  private static IllegalArgumentException notAHit(PageStart.After last, String why) {
    return new IllegalArgumentException(
        "searchAfter must be a hit of the same query, fusion and reader, got: doc "
            + last.doc()
            + " with score "
            + last.score()
            + ", but "
            + why);
  }

  private HybridHit hit(Candidate candidate) {
    List<LegScore> scores = new ArrayList<>();
    for (int leg = 0; leg < candidate.legs().length; leg++) {
      LegScore score = candidate.legs()[leg];
      scores.add(score == null ? LegScore.absent(rankings.get(leg).leg()) : score);
    }
    return new HybridHit(candidate.doc(), candidate.shownScore(), scores);
  }
}

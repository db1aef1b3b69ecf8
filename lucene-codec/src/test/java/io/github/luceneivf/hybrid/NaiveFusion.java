// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/** Fusion the long way, written from the definitions: the truth that the searcher is held to. */
final class NaiveFusion {

  /** One document with its score. */
  record Scored(int doc, double score) {}

  /**
   * A leg as a table of all matching documents and their scores.
   *
   * @param scores document to score; holds no document that does not match
   */
  record Leg(Map<Integer, Float> scores, double weight, int window) {

    /** Returns the documents in the window, best first. */
    List<Integer> ranking(IntPredicate filter) {
      List<Integer> docs = new ArrayList<>();
      for (int doc : scores.keySet()) {
        if (filter.test(doc)) {
          docs.add(doc);
        }
      }
      docs.sort(
          Comparator.comparingDouble((Integer doc) -> -score(doc)).thenComparingInt(doc -> doc));
      return docs.subList(0, Math.min(window, docs.size()));
    }

    double score(int doc) {
      Float score = scores.get(doc);
      if (score == null) {
        throw new AssertionError("no score of doc " + doc);
      }
      return score;
    }
  }

  private NaiveFusion() {}

  static List<Scored> fuse(List<Leg> legs, IntPredicate filter, RankFusion fusion) {
    List<List<Integer>> rankings = legs.stream().map(leg -> leg.ranking(filter)).toList();
    TreeSet<Integer> union = new TreeSet<>();
    double weights = 0;
    for (int i = 0; i < legs.size(); i++) {
      if (legs.get(i).weight() > 0) {
        union.addAll(rankings.get(i));
      }
      weights += legs.get(i).weight();
    }
    Map<Integer, Double> sums = new TreeMap<>();
    for (int doc : union) {
      double sum = 0;
      for (int i = 0; i < legs.size(); i++) {
        double share = legs.get(i).weight() / weights;
        sum += share * normalized(legs.get(i), doc, rankings.get(i), fusion);
      }
      sums.put(doc, sum);
    }
    List<Scored> fused = new ArrayList<>();
    sums.forEach((doc, sum) -> fused.add(new Scored(doc, sum)));
    return fused;
  }

  private static double normalized(Leg leg, int doc, List<Integer> ranking, RankFusion fusion) {
    int place = ranking.indexOf(doc);
    if (place < 0) {
      return 0;
    }
    if (fusion instanceof RankFusion.ReciprocalRank rrf) {
      return 1.0 / (rrf.rankConstant() + place + 1);
    }
    double best = leg.score(ranking.getFirst());
    double worst = leg.score(ranking.getLast());
    // What a line through the first and the last hit says of the place after the last.
    double notFound = best - (best - worst) * ranking.size() / Math.max(1, ranking.size() - 1);
    return best == worst ? 1 : (leg.score(doc) - notFound) / (best - notFound);
  }
}

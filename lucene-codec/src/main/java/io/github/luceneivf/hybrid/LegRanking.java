// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

import org.apache.lucene.search.ScoreDoc;

/**
 * The hits of one leg, best first, with their normalised scores: what the legs hand to the fusion.
 *
 * @param leg the leg's name
 * @param share the leg's weight, the weights scaled to sum to 1
 * @param hits [n], shared
 * @param normalized [n], shared
 */
@SuppressWarnings("ArrayRecordComponent") // a hand-over inside the package, never compared
record LegRanking(String leg, double share, ScoreDoc[] hits, double[] normalized) {

  static LegRanking of(String leg, double share, ScoreDoc[] hits, RankFusion fusion) {
    for (ScoreDoc hit : hits) {
      if (!Float.isFinite(hit.score)) {
        throw new IllegalStateException(
            "leg \"" + leg + "\": score of doc " + hit.doc + " must be finite, got: " + hit.score);
      }
    }
    double[] normalized =
        switch (fusion) {
          case RankFusion.ReciprocalRank rrf -> reciprocalRanks(hits.length, rrf.rankConstant());
          case RankFusion.WeightedMinMax _ -> minMax(hits);
        };
    return new LegRanking(leg, share, hits, normalized);
  }

  private static double[] reciprocalRanks(int count, int rankConstant) {
    double[] normalized = new double[count];
    for (int i = 0; i < count; i++) {
      normalized[i] = 1.0 / ((double) rankConstant + i + 1);
    }
    return normalized;
  }

  private static double[] minMax(ScoreDoc[] hits) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (ScoreDoc hit : hits) {
      min = Math.min(min, hit.score);
      max = Math.max(max, hit.score);
    }
    // One mean gap, so that the last hit stays above what was not found.
    double gap = (max - min) / Math.max(1, hits.length - 1);
    double[] normalized = new double[hits.length];
    for (int i = 0; i < hits.length; i++) {
      normalized[i] = max > min ? (hits[i].score - min + gap) / (max - min + gap) : 1;
    }
    return normalized;
  }
}

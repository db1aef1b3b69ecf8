// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.filter;

import io.github.luceneivf.benchmarks.contender.RowSets;
import io.github.luceneivf.benchmarks.data.Recall;
import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.util.FixedBitSet;

/** What is to be found under a filter, query by query. Not thread-safe. */
public final class FilterTruth {

  /** Nearness in float agrees with that in double precision to about this much. */
  private static final double TOLERANCE = 1e-6;

  private final RowNearness rows;
  private final FixedBitSet[] accepted;
  private final int[] wanted;
  private final double[] least;

  /**
   * Finds the exact neighbours.
   *
   * @param live rows that are not deleted
   * @throws IOException if vectors cannot be read
   */
  public FilterTruth(RowNearness rows, RowSets sets, FixedBitSet live) throws IOException {
    this.rows = rows;
    this.accepted = new FixedBitSet[rows.queries()];
    this.wanted = new int[accepted.length];
    this.least = new double[accepted.length];
    for (int query = 0; query < accepted.length; query++) {
      boolean shared = query > 0 && sets.of(query) == sets.of(query - 1);
      accepted[query] = shared ? accepted[query - 1] : sets.of(query).clone();
      accepted[query].and(live);
      int[] nearest = rows.nearest(query, accepted[query], Recall.K);
      wanted[query] = nearest.length;
      double kth =
          nearest.length == 0 ? 0 : rows.set().nearness(query, nearest[nearest.length - 1]);
      least[query] = kth - TOLERANCE * Math.abs(kth);
    }
  }

  /** Returns the rows that are accepted, of a query on average. */
  public double matches() {
    return Arrays.stream(accepted).mapToInt(FixedBitSet::cardinality).average().orElse(0);
  }

  /**
   * What was found of what there is.
   *
   * @param recall mean over queries; a row counts if it is as near as the last that is wanted
   * @param recall5 the 5th percentile of it
   * @param shortShare share of the queries that found fewer rows than k, though there were more
   */
  public record Judgement(double recall, double recall5, double shortShare) {}

  /**
   * Judges the answers to some queries.
   *
   * @param numbers of the queries, at least one
   * @param found [queries × k] rows, −1 where fewer were found
   * @throws IllegalStateException if a row was found that is not accepted, or one twice
   */
  public Judgement judge(int[] numbers, int[] found) throws IOException {
    double[] recalls = new double[numbers.length];
    int tooFew = 0;
    for (int i = 0; i < numbers.length; i++) {
      int query = numbers[i];
      int[] hits =
          Arrays.stream(found, i * Recall.K, (i + 1) * Recall.K).filter(row -> row >= 0).toArray();
      if (Arrays.stream(hits).distinct().count() < hits.length) {
        throw new IllegalStateException("query " + query + " must find no row twice");
      }
      int good = 0;
      for (int row : hits) {
        if (!accepted[query].get(row)) {
          throw new IllegalStateException(
              "query " + query + " must find accepted rows only, got: " + row);
        }
        good += rows.set().nearness(query, row) >= least[query] ? 1 : 0;
      }
      recalls[i] = wanted[query] == 0 ? 1 : (double) good / wanted[query];
      tooFew += hits.length < wanted[query] ? 1 : 0;
    }
    double mean = Arrays.stream(recalls).average().orElse(1);
    Arrays.sort(recalls);
    return new Judgement(mean, recalls[recalls.length / 20], (double) tooFew / numbers.length);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.search.Query;

/**
 * What a hybrid search asks for. Immutable.
 *
 * @param legs the rankings to fuse, at least one, with distinct names
 * @param filter what every hit must match; reaches each leg before its ranking is cut
 * @param k hits wanted
 */
public record HybridQuery(List<HybridLeg> legs, Optional<Query> filter, int k) {

  /**
   * Checks and copies the components.
   *
   * @throws IllegalArgumentException if there is no leg, two legs share a name, the weights sum to
   *     0 or overflow, or {@code k} is less than 1
   */
  public HybridQuery {
    legs = List.copyOf(legs);
    if (legs.isEmpty()) {
      throw new IllegalArgumentException("legs must be at least 1, got: 0");
    }
    Set<String> names = new HashSet<>();
    for (HybridLeg leg : legs) {
      if (!names.add(leg.name())) {
        throw new IllegalArgumentException(
            "names of legs must be distinct, got twice: \"" + leg.name() + "\"");
      }
    }
    double sum = legs.stream().mapToDouble(HybridLeg::weight).sum();
    if (!(sum > 0 && sum <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "weights must sum to more than 0 and be finite, got: " + sum);
    }
    if (k < 1) {
      throw new IllegalArgumentException("k must be at least 1, got: " + k);
    }
  }

  /** Returns a query without a filter. */
  public static HybridQuery of(int k, HybridLeg... legs) {
    return new HybridQuery(List.of(legs), Optional.empty(), k);
  }

  /** Returns the usual two legs, "keyword" and "vector", of equal weight. */
  public static HybridQuery of(int k, Query keyword, Query vector) {
    return of(k, HybridLeg.of("keyword", keyword), HybridLeg.of("vector", vector));
  }

  /** Returns a copy whose hits must all match {@code newFilter}. */
  public HybridQuery withFilter(Query newFilter) {
    return new HybridQuery(legs, Optional.of(newFilter), k);
  }

  /** Returns the legs' weights, scaled to sum to 1. */
  double[] shares() {
    double sum = legs.stream().mapToDouble(HybridLeg::weight).sum();
    return legs.stream().mapToDouble(leg -> leg.weight() / sum).toArray();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.lucene.search.Query;

/**
 * What a hybrid search asks for. Immutable.
 *
 * <p>Only hits in the windows of legs with weight are candidates, and only candidates can be shown.
 * Windows are settled when a query is made and are the same for all pages of it: make a query once
 * and derive its pages by {@link #withFrom} or {@link #withSearchAfter}. Who wants to page deeper
 * than the default windows reach gives the legs wider ones by {@link #withWindow} beforehand.
 *
 * @param legs the rankings to fuse, at least one, with distinct names; those without a window get
 *     one of {@code max(100, k)} hits
 * @param filter what every hit must match; reaches each leg before its ranking is cut
 * @param k hits wanted on the page
 * @param start where the page begins
 */
public record HybridQuery(List<HybridLeg> legs, Optional<Query> filter, int k, PageStart start) {

  /** Hits of a leg that take part in the fusion unless the leg says otherwise, or k is larger. */
  public static final int DEFAULT_WINDOW = 100;

  /**
   * Checks the components, copies the legs and settles their windows.
   *
   * @throws IllegalArgumentException if a component is null, there is no leg, two legs share a
   *     name, the weights sum to 0 or overflow, or {@code k} is less than 1
   */
  public HybridQuery {
    checkNotNull(legs, "legs");
    checkNotNull(filter, "filter");
    checkNotNull(start, "start");
    if (k < 1) {
      throw new IllegalArgumentException("k must be at least 1, got: " + k);
    }
    if (legs.isEmpty()) {
      throw new IllegalArgumentException("legs must be at least 1, got: 0");
    }
    int window = Math.max(DEFAULT_WINDOW, k);
    List<HybridLeg> settled = new ArrayList<>();
    Set<String> names = new HashSet<>();
    double sum = 0;
    for (HybridLeg leg : legs) {
      checkNotNull(leg, "leg " + settled.size());
      if (!names.add(leg.name())) {
        throw new IllegalArgumentException(
            "names of legs must be distinct, got twice: \"" + leg.name() + "\"");
      }
      settled.add(leg.window().isPresent() ? leg : leg.withWindow(window));
      sum += leg.weight();
    }
    if (!(sum > 0 && sum <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "weights must sum to more than 0 and be finite, got: " + sum);
    }
    legs = List.copyOf(settled);
  }

  /** Creates a query for the first page. */
  public HybridQuery(List<HybridLeg> legs, Optional<Query> filter, int k) {
    this(legs, filter, k, PageStart.FIRST);
  }

  private static void checkNotNull(Object component, String name) {
    if (component == null) {
      throw new IllegalArgumentException(name + " must not be null");
    }
  }

  /** Returns a query without a filter. */
  public static HybridQuery of(int k, HybridLeg... legs) {
    checkNotNull(legs, "legs");
    return new HybridQuery(Arrays.asList(legs), Optional.empty(), k);
  }

  /** Returns the usual two legs, "keyword" and "vector", of equal weight. */
  public static HybridQuery of(int k, Query keyword, Query vector) {
    return of(k, HybridLeg.of("keyword", keyword), HybridLeg.of("vector", vector));
  }

  /**
   * Returns a copy whose hits must all match {@code newFilter}.
   *
   * @throws IllegalArgumentException if {@code newFilter} is null
   */
  public HybridQuery withFilter(Query newFilter) {
    checkNotNull(newFilter, "filter");
    return new HybridQuery(legs, Optional.of(newFilter), k, start);
  }

  /**
   * Returns a copy whose legs all have this window: what paging can reach.
   *
   * @throws IllegalArgumentException if {@code newWindow} is less than 1
   */
  public HybridQuery withWindow(int newWindow) {
    UnaryOperator<HybridLeg> widen = leg -> leg.withWindow(newWindow);
    return new HybridQuery(legs.stream().map(widen).toList(), filter, k, start);
  }

  /**
   * Returns a copy for a page of another size; the windows stay as they are.
   *
   * @throws IllegalArgumentException if {@code newK} is less than 1
   */
  public HybridQuery withK(int newK) {
    return new HybridQuery(legs, filter, newK, start);
  }

  /**
   * Returns a copy for the page that begins after the {@code from} best hits.
   *
   * @throws IllegalArgumentException if {@code from} is negative
   */
  public HybridQuery withFrom(int from) {
    return new HybridQuery(legs, filter, k, new PageStart.From(from));
  }

  /**
   * Returns a copy for the page after {@code last}, the last hit of the page before.
   *
   * @throws IllegalArgumentException if {@code last} is null
   */
  public HybridQuery withSearchAfter(HybridHit last) {
    checkNotNull(last, "searchAfter");
    return withSearchAfter(last.doc(), last.score());
  }

  /**
   * Returns a copy for the page after the hit of this document and score, for callers that keep no
   * hits between pages.
   *
   * @throws IllegalArgumentException if {@code doc} is negative or {@code score} is not finite
   */
  public HybridQuery withSearchAfter(int doc, float score) {
    return new HybridQuery(legs, filter, k, new PageStart.After(doc, score));
  }

  /** Returns the legs' weights, scaled to sum to 1; one that vanishes beside the others gets 0. */
  double[] shares() {
    double sum = legs.stream().mapToDouble(HybridLeg::weight).sum();
    return legs.stream().mapToDouble(leg -> leg.weight() / sum).toArray();
  }
}

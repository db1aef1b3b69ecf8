// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

import java.util.OptionalInt;
import org.apache.lucene.search.Query;

/**
 * One of the rankings that a hybrid query fuses. Immutable.
 *
 * @param name how the leg is called in hits and messages
 * @param query what it searches for
 * @param weight its share, relative to the other legs' weights; 0 reports what the leg says of the
 *     others' hits and has no effect on which they are, their order, or the total
 * @param window hits that take part in the fusion; empty for the query's default, {@link
 *     HybridQuery#DEFAULT_WINDOW} or {@code k} if that is larger
 */
public record HybridLeg(String name, LegQuery query, double weight, OptionalInt window) {

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if {@code name} is blank, {@code query} or {@code window} is
   *     null, {@code weight} is negative or not finite, or {@code window} is less than 1
   */
  public HybridLeg {
    if (name == null || name.isBlank()) {
      throw new IllegalArgumentException("name of a leg must not be blank, got: " + name);
    }
    if (query == null) {
      throw new IllegalArgumentException("leg \"" + name + "\": query must not be null");
    }
    if (!(weight >= 0 && weight <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "leg \"" + name + "\": weight must be finite and at least 0, got: " + weight);
    }
    if (window == null) {
      throw new IllegalArgumentException("leg \"" + name + "\": window must not be null");
    }
    if (window.isPresent() && window.getAsInt() < 1) {
      throw new IllegalArgumentException(
          "leg \"" + name + "\": window must be at least 1, got: " + window.getAsInt());
    }
  }

  /** Returns a leg of weight 1 with the default window over any Lucene query. */
  public static HybridLeg of(String name, Query query) {
    return of(name, LegQuery.of(query));
  }

  /** Returns a leg of weight 1 with the default window. */
  public static HybridLeg of(String name, LegQuery query) {
    return new HybridLeg(name, query, 1, OptionalInt.empty());
  }

  /** Returns a copy with another weight. */
  public HybridLeg withWeight(double newWeight) {
    return new HybridLeg(name, query, newWeight, window);
  }

  /** Returns a copy with a window of its own. */
  public HybridLeg withWindow(int newWindow) {
    return new HybridLeg(name, query, weight, OptionalInt.of(newWindow));
  }
}

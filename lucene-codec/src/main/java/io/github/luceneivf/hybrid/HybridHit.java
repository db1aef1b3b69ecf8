// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

import java.util.List;

/**
 * One document of a fused ranking. Immutable.
 *
 * @param doc document number in the searcher's reader
 * @param score sum of the legs' contributions, rounded to a float; larger is better. Hits are
 *     ordered by the sum itself, then by the number of legs with weight that found them, then by
 *     document number
 * @param legs one entry per leg, in the order of the query's legs
 */
public record HybridHit(int doc, float score, List<LegScore> legs) {

  /** Copies the list. */
  public HybridHit {
    legs = List.copyOf(legs);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

import java.util.List;

/**
 * The answer to a hybrid query. Immutable.
 *
 * @param hits the fused ranking: score descending, then document number ascending; at most k
 * @param fused distinct documents in the windows of all legs, from which the hits were taken
 * @param legs what each leg found, in the order of the query's legs
 */
public record HybridHits(List<HybridHit> hits, int fused, List<LegTotal> legs) {

  /** Copies the lists. */
  public HybridHits {
    hits = List.copyOf(hits);
    legs = List.copyOf(legs);
  }
}

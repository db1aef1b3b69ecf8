// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

import java.util.List;
import org.apache.lucene.search.TotalHits;

/**
 * The answer to a hybrid query. Immutable.
 *
 * @param hits the page asked for, best first; at most k, and empty beyond the ranking's end
 * @param total its value is the number of candidates, the distinct documents in the windows of all
 *     legs with weight: exactly as many hits as all pages together show, and the same on each page.
 *     The relation says whether that is all: {@code EQUAL_TO} if no leg with weight filled its
 *     window, so that no other document matches; {@code GREATER_THAN_OR_EQUAL_TO} if more may
 *     match, which wider windows would show
 * @param legs what each leg found, in the order of the query's legs
 */
public record HybridHits(List<HybridHit> hits, TotalHits total, List<LegTotal> legs) {

  /** Copies the lists. */
  public HybridHits {
    hits = List.copyOf(hits);
    legs = List.copyOf(legs);
  }
}

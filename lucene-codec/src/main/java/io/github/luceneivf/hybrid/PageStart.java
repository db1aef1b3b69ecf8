// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

/**
 * Where a page begins in a fused ranking. Immutable.
 *
 * <p>Pages of one {@link HybridQuery} are cut from one ranking, because its windows do not depend
 * on the page: over the same reader and with the same {@link RankFusion} no hit is shown twice and
 * none is left out. Each page runs all legs again; nothing is kept between pages.
 */
public sealed interface PageStart {

  /** The first page. */
  PageStart FIRST = new From(0);

  /**
   * A page after a number of better hits.
   *
   * @param hits hits to skip, at least 0; beyond the ranking's end the page is empty
   */
  record From(int hits) implements PageStart {

    /**
     * Checks the component.
     *
     * @throws IllegalArgumentException if {@code hits} is negative
     */
    public From {
      if (hits < 0) {
        throw new IllegalArgumentException("from must be at least 0, got: " + hits);
      }
    }
  }

  /**
   * A page after the last hit of the page before. In place of the document number alone it takes
   * the score too, to tell a hit of this ranking from one of another reader, query or fusion.
   *
   * @param doc document number of that hit, at least 0
   * @param score its score, as it was shown
   */
  record After(int doc, float score) implements PageStart {

    /**
     * Checks the components.
     *
     * @throws IllegalArgumentException if {@code doc} is negative or {@code score} is not finite
     */
    public After {
      if (doc < 0) {
        throw new IllegalArgumentException("doc of searchAfter must be at least 0, got: " + doc);
      }
      if (!Float.isFinite(score)) {
        throw new IllegalArgumentException("score of searchAfter must be finite, got: " + score);
      }
    }
  }
}

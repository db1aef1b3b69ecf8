// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

import org.apache.lucene.search.TotalHits;

/**
 * How much one leg found. Immutable.
 *
 * @param leg the leg's name
 * @param window hits that could take part in the fusion
 * @param hits hits that did
 * @param totalHits documents that match the leg, as Lucene counts them: a lower bound where the
 *     relation says so, and at most the window for a nearest-neighbour leg
 */
public record LegTotal(String leg, int window, int hits, TotalHits totalHits) {}

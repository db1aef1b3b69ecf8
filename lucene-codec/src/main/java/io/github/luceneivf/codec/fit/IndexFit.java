// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.fit;

import io.github.luceneivf.codebook.CodebookId;
import java.util.List;

/**
 * How a codebook fits the vectors of a whole index, as far as a merge can know. Immutable.
 *
 * @param vectors vectors in the index
 * @param reachable of these, how many a training sample can be drawn from
 * @param listed in lists of the codebook
 * @param energy mean squared distance of those to their centroids; 0 if not known
 * @param imbalance nlist·Σs²/(Σs)² over their lists
 * @param arrived vectors that came after the training
 */
public record IndexFit(
    long vectors, long reachable, long listed, double energy, double imbalance, long arrived) {

  /** Of an index of which nothing but its size is known. */
  public static IndexFit of(long vectors) {
    return new IndexFit(vectors, vectors, 0, 0, 0, 0);
  }

  /**
   * Adds up segments.
   *
   * @param codebook the codebook in question
   * @param nlist its lists
   */
  static IndexFit of(
      CodebookId codebook, int nlist, List<SegmentFit> segments, long vectors, long reachable) {
    FitSum sum = new FitSum(nlist);
    long unlisted = 0;
    for (SegmentFit segment : segments) {
      if (segment.lists().isEmpty()) {
        unlisted += segment.vectors();
      } else if (segment.lists().get().codebook().id().equals(codebook)) {
        sum.add(segment.lists().get());
      }
    }
    return new IndexFit(
        vectors, reachable, sum.vectors(), sum.energy(), sum.imbalance(), sum.arrived() + unlisted);
  }
}

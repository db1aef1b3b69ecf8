// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.ListReach;
import io.github.luceneivf.codec.file.ListsMeta;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How far the vectors of a segment that is written reach beyond their centroids; not measured where
 * lists are not ranked by it. All vectors are measured, those deleted since with them: a single
 * long one decides. Confined to one thread.
 */
final class SegmentReach {

  private final Codebook codebook;
  private final ListReach.@Nullable Measure measure;

  SegmentReach(Codebook codebook) {
    this.codebook = codebook;
    this.measure =
        codebook.metric() == Metric.INNER_PRODUCT ? new ListReach.Measure(codebook) : null;
  }

  /** Adds what a segment says whose entries are copied. */
  void addCopied(ListsMeta lists) {
    if (measure != null) {
      measure.add(lists.reach());
    }
  }

  /**
   * Adds vectors that were encoded, for the lists of their nearest centroids: how far they reach
   * beyond a second one, the calibration has not seen.
   *
   * @param codes of them, sealed
   * @param abort asked between batches
   */
  void addEncoded(RandomVectors vectors, StagedCodes codes, AbortCheck abort) throws IOException {
    if (measure == null) {
      return;
    }
    RandomVectors.Reader reader = vectors.reader();
    int dim = vectors.dim();
    float[] mapped = new float[dim];
    codes.forEachList((firstOrd, count, lists) -> {
      abort.check();
      for (int i = 0; i < count; i++) {
        System.arraycopy(reader.read(firstOrd + i), 0, mapped, 0, dim);
        codebook.space().map(mapped, 0, 1, dim);
        measure.add(mapped, 0, lists[i]);
      }
    });
  }

  ListReach reach() {
    return measure == null ? ListReach.NONE : measure.reach();
  }
}

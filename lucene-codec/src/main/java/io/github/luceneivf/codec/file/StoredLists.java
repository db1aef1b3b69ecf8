// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.file;

import java.util.Objects;
import org.apache.lucene.index.KnnVectorValues;

/**
 * The posting lists of a field of a segment, as a merge reads them. Not thread-safe; belongs to the
 * merge, and lives as long as the reader that gave it.
 *
 * @param meta what is stored about the lists
 * @param codebook their codebook and its calibration
 * @param postings the lists
 * @param ordinals the way from ordinals to them
 * @param values the raw vectors, for the documents of ordinals
 */
public record StoredLists(
    ListsMeta meta,
    SegmentCodebook codebook,
    PostingLists postings,
    Ordinals ordinals,
    KnnVectorValues values) {
  /** Validates the components. */
  public StoredLists {
    Objects.requireNonNull(meta, "meta");
    Objects.requireNonNull(codebook, "codebook");
    Objects.requireNonNull(postings, "postings");
    Objects.requireNonNull(ordinals, "ordinals");
    Objects.requireNonNull(values, "values");
  }
}

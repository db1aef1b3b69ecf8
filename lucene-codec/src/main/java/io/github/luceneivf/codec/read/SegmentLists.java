// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.codec.file.ListsMeta;
import io.github.luceneivf.codec.file.LoadedCodebook;
import io.github.luceneivf.codec.file.PostingLists;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The posting lists of one field of a segment. Thread-safe.
 *
 * @param codebook their centroids
 * @param postings the lists
 * @param meta what is stored about them
 * @param vectors vectors in all of them
 * @param joint these and those of segments searched together with them, as long as they are the
 *     first
 */
record SegmentLists(
    LoadedCodebook codebook,
    PostingLists postings,
    ListsMeta meta,
    int vectors,
    AtomicReference<@Nullable JointLists> joint) {

  SegmentLists(LoadedCodebook codebook, PostingLists postings, ListsMeta meta, int vectors) {
    this(codebook, postings, meta, vectors, new AtomicReference<>());
  }
}

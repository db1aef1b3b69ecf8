// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.codec.file.ListsMeta;
import io.github.luceneivf.codec.file.LoadedCodebook;
import io.github.luceneivf.codec.file.Ordinals;
import io.github.luceneivf.codec.file.PostingLists;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.lucene.store.IndexInput;
import org.jspecify.annotations.Nullable;

/**
 * The posting lists of one field of a segment. Thread-safe.
 *
 * @param codebook their centroids
 * @param postings the lists
 * @param meta what is stored about them
 * @param vectors vectors in all of them
 * @param entries {@code .ivo}: where each vector is
 * @param joint these and those of segments searched together with them, as long as they are the
 *     first
 */
record SegmentLists(
    LoadedCodebook codebook,
    PostingLists postings,
    ListsMeta meta,
    int vectors,
    IndexInput entries,
    AtomicReference<@Nullable JointLists> joint) {

  SegmentLists(
      LoadedCodebook codebook,
      PostingLists postings,
      ListsMeta meta,
      int vectors,
      IndexInput entries) {
    this(codebook, postings, meta, vectors, entries, new AtomicReference<>());
  }

  /** Returns where each vector is; one per search. */
  Ordinals ordinals() throws IOException {
    return new Ordinals(entries, meta);
  }
}

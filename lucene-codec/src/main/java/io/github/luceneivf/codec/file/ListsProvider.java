// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.file;

import java.io.IOException;
import java.util.Optional;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.SegmentInfo;
import org.jspecify.annotations.Nullable;

/** What a merge sees of a segment that it reads. */
public interface ListsProvider {

  /** Returns the reader of a field alone, of one that may read each field in its own format. */
  static @Nullable KnnVectorsReader ofField(@Nullable KnnVectorsReader reader, String field) {
    return reader instanceof PerFieldKnnVectorsFormat.FieldsReader perField
        ? perField.getFieldReader(field)
        : reader;
  }

  /**
   * Returns the posting lists of a field; empty if it has no vectors here, or is scanned exactly.
   *
   * @throws IOException if they cannot be read
   */
  Optional<StoredLists> lists(String field) throws IOException;

  /** Returns what is stored about a field; empty if it has no vectors here. */
  Optional<FieldMeta> meta(String field);

  /** Returns the codebook of the posting lists of a field; empty if it has none. */
  Optional<SegmentCodebook> codebook(String field);

  /** Returns the segment: its name, and the directory that tells an index's own from others. */
  SegmentInfo segment();
}

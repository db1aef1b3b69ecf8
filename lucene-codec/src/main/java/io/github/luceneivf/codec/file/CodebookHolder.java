// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.file;

import java.io.IOException;
import java.util.Optional;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.store.Directory;
import org.jspecify.annotations.Nullable;

/** What a merge sees of a segment that it reads. */
public interface CodebookHolder {

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

  /** Returns how the codebook fits; empty if the field has no vectors here. */
  Optional<SegmentFit> fit(String field);

  /** Returns the directory of the segment, to tell an index's own segments from others. */
  Directory directory();
}

package io.github.luceneivf.codec.file;

import java.io.IOException;
import java.util.Optional;
import org.apache.lucene.store.Directory;

/** What a merge sees of a segment that it reads. */
public interface CodebookHolder {
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

package io.github.luceneivf.codec.file;

import java.io.IOException;
import java.util.Optional;

/** What a merge sees of a segment that it reads. */
public interface CodebookHolder {
  /**
   * Returns the posting lists of a field; empty if it has no vectors here, or is scanned exactly.
   *
   * @throws IOException if they cannot be read
   */
  Optional<StoredLists> lists(String field) throws IOException;
}

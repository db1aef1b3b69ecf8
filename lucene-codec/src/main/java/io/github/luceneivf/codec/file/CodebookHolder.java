package io.github.luceneivf.codec.file;

import java.util.Optional;

/** What a merge sees of a segment that it reads: its codebooks. */
public interface CodebookHolder {
  /** Returns the codebook of a field's lists; empty if it has none, or only one list. */
  Optional<SegmentCodebook> codebook(String field);
}

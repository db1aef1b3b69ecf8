// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.codebook.AbortCheck;
import java.io.IOException;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/**
 * Documents of a merged segment → ordinals of their vectors, whatever the order in which inputs
 * bring them. Takes 3/16 of a byte per document, nothing where every document has a vector.
 * Immutable.
 */
final class DocToOrd {

  /** Documents read until it is asked again whether to go on; a power of two. */
  private static final int STRETCH = 1 << 14;

  private final int size;
  private final @Nullable FixedBitSet docs;
  private final int[] ranks;

  private DocToOrd(int size, @Nullable FixedBitSet docs, int[] ranks) {
    this.size = size;
    this.docs = docs;
    this.ranks = ranks;
  }

  /**
   * Reads the documents of a field.
   *
   * @param merged the vectors as they were written
   * @param maxDoc documents of the segment
   * @param abort asked on the way
   */
  static DocToOrd of(KnnVectorValues merged, int maxDoc, AbortCheck abort) throws IOException {
    if (merged.size() == maxDoc) {
      return new DocToOrd(maxDoc, null, new int[0]);
    }
    FixedBitSet docs = new FixedBitSet(Math.max(maxDoc, 1));
    KnnVectorValues.DocIndexIterator iterator = merged.iterator();
    for (int doc = iterator.nextDoc();
        doc != DocIdSetIterator.NO_MORE_DOCS;
        doc = iterator.nextDoc()) {
      if ((iterator.index() & (STRETCH - 1)) == 0) {
        abort.check();
      }
      docs.set(doc);
    }
    long[] words = docs.getBits();
    int[] ranks = new int[words.length];
    for (int word = 1; word < ranks.length; word++) {
      ranks[word] = ranks[word - 1] + Long.bitCount(words[word - 1]);
    }
    return new DocToOrd(merged.size(), docs, ranks);
  }

  /** Returns the vectors of the segment. */
  int size() {
    return size;
  }

  /** Returns the ordinal of a document's vector; −1 if it has none. */
  int ord(int doc) {
    if (docs == null) {
      return doc < size ? doc : -1;
    }
    if (doc >= docs.length() || !docs.get(doc)) {
      return -1;
    }
    long below = docs.getBits()[doc >> 6] & ((1L << doc) - 1);
    return ranks[doc >> 6] + Long.bitCount(below);
  }
}

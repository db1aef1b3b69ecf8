// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codec.file.ListsMeta;
import io.github.luceneivf.codec.file.Ordinals;
import io.github.luceneivf.codec.file.PostingLists;
import io.github.luceneivf.codec.file.StoredLists;
import java.io.IOException;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.util.FixedBitSet;

/**
 * Entries copied from a segment that is merged: deleted documents drop out, the others get the
 * ordinals of the result. What the segment says is checked: each of its ordinals must be in the
 * list that the segment says, once, and in at most one other.
 */
final class CopiedEntries implements EntrySource {

  /** Ordinals looked at until it is asked again whether to go on; a power of two. */
  private static final int STRETCH = 1 << 14;

  private final StoredLists lists;
  private final MergeState.DocMap docMap;
  private final DocToOrd merged;
  private final int vectors;
  private final PostingLists.Cursor cursor;
  private final FixedBitSet seen;
  private final FixedBitSet seenSecond;
  private final Ordinals ordinals;
  private int list;

  CopiedEntries(StoredLists lists, MergeState.DocMap docMap, DocToOrd merged)
      throws CorruptIndexException {
    this.lists = lists;
    this.docMap = docMap;
    this.merged = merged;
    this.vectors = lists.values().size();
    this.cursor = lists.postings().cursor();
    this.seen = new FixedBitSet(Math.max(vectors, 1));
    this.seenSecond = new FixedBitSet(lists.meta().entries() > vectors ? vectors : 0);
    this.ordinals = lists.ordinals();
    long entries = lists.meta().entries();
    if (entries < vectors || entries > 2L * vectors) {
      throw corrupt(
          "posting lists: expected "
              + vectors
              + " to "
              + 2L * vectors
              + " entries, got: "
              + entries);
    }
  }

  /** Returns the vectors of the segment, the deleted ones among them. */
  int vectors() {
    return vectors;
  }

  /** Returns what is stored about the lists. */
  ListsMeta meta() {
    return lists.meta();
  }

  /**
   * Marks the ordinals of the result that come from here.
   *
   * @param abort asked on the way
   * @return how many
   */
  int markIn(FixedBitSet ords, AbortCheck abort) throws IOException {
    int live = 0;
    for (int ord = 0; ord < vectors; ord++) {
      if ((ord & (STRETCH - 1)) == 0) {
        abort.check();
      }
      int to = mergedOrd(ord);
      if (to >= 0) {
        if (ords.getAndSet(to)) {
          throw new IllegalStateException("merged ordinal " + to + " comes from two vectors");
        }
        live++;
      }
    }
    return live;
  }

  @Override
  public void rewind() {
    seen.clear();
    seenSecond.clear();
  }

  @Override
  public void gather(int number, int source, ListEntries into) throws IOException {
    list = number;
    int size = lists.postings().size(number);
    if (size > 0) {
      cursor.moveTo(number);
    }
    into.reserve(size);
    for (int at = 0; at < size; at++) {
      int ord = lists.postings().checkOrd(cursor.ord(at), vectors);
      checkNew(ord);
      int to = mergedOrd(ord);
      if (to >= 0) {
        into.add(to, source, at);
      }
    }
    if (number == lists.postings().nlist() - 1 && seen.cardinality() != vectors) {
      throw corrupt(
          "posting lists: expected "
              + vectors
              + " ordinals in their lists, got: "
              + seen.cardinality());
    }
  }

  private void checkNew(int ord) throws CorruptIndexException {
    FixedBitSet once = !hasSecond() || ordinals.list(ord) == list ? seen : seenSecond;
    if (once.getAndSet(ord)) {
      throw corrupt("posting list " + list + ": expected each ordinal once, got again: " + ord);
    }
  }

  private boolean hasSecond() {
    return seenSecond.length() > 0;
  }

  @Override
  public boolean isSecond(int place) {
    return hasSecond() && ordinals.list(cursor.ord(place)) != list;
  }

  private int mergedOrd(int ord) {
    int doc = docMap.get(lists.values().ordToDoc(ord));
    if (doc < 0) {
      return -1;
    }
    int to = merged.ord(doc);
    if (to < 0) {
      throw new IllegalStateException("merged document " + doc + " has lost its vector");
    }
    return to;
  }

  @Override
  public void record(int place, byte[] to, int offset) {
    cursor.record(place, to, offset);
  }

  private CorruptIndexException corrupt(String message) {
    return new CorruptIndexException(message, lists.postings().name());
  }
}

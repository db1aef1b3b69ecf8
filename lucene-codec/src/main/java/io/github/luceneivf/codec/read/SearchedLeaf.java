// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.codec.file.Ordinals;
import java.io.IOException;
import java.util.Objects;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.jspecify.annotations.Nullable;

/** One field of one segment while it is searched. Not thread-safe; one per search. */
final class SearchedLeaf {

  private final SegmentField segment;
  private final AcceptDocs acceptDocs;
  private final int docBase;
  private final RandomVectorScorer scorer;
  private final @Nullable Bits acceptOrds;
  private @Nullable Ordinals ordinals;

  /** Negative until it is asked for: a set counts anew each time. */
  private int matches = -1;

  /**
   * Prepares a search.
   *
   * @param docBase added to documents before they are collected
   * @throws IllegalArgumentException if {@code target} has not the field's dimension
   */
  SearchedLeaf(SegmentField segment, float[] target, AcceptDocs acceptDocs, int docBase)
      throws IOException {
    this.segment = segment;
    this.acceptDocs = acceptDocs;
    this.docBase = docBase;
    this.scorer = segment.raw().getRandomVectorScorer(segment.name(), target);
    this.acceptOrds = scorer.getAcceptOrds(acceptDocs.bits());
  }

  @Nullable SegmentLists lists() {
    return segment.lists();
  }

  /** Returns the lists of a segment that has them. */
  SegmentLists requireLists() {
    return Objects.requireNonNull(segment.lists(), "lists");
  }

  /** Returns the vectors in the segment. */
  int vectors() {
    return scorer.maxOrd();
  }

  /** Returns exact scores of ordinals. */
  RandomVectorScorer scorer() {
    return scorer;
  }

  /** Returns the accepted ordinals; null if all are. */
  @Nullable Bits acceptOrds() {
    return acceptOrds;
  }

  /** Returns the document of the index that an ordinal belongs to. */
  int doc(int ord) {
    return docBase + scorer.ordToDoc(ord);
  }

  /** Returns how many vectors are accepted: at most so many, or a little less certain. */
  int matches() throws IOException {
    if (matches < 0) {
      matches = acceptOrds == null ? scorer.maxOrd() : acceptDocs.cost();
    }
    return matches;
  }

  /** Returns the list that a vector of a segment with lists is in. */
  int list(int ord) throws IOException {
    SegmentLists lists = requireLists();
    if (ordinals == null) {
      ordinals = lists.ordinals();
    }
    int list = ordinals.list(ord);
    if (list < 0 || list >= lists.meta().nlist()) {
      throw new CorruptIndexException(
          "ordinal " + ord + ": expected a list in [0, " + lists.meta().nlist() + "), got: " + list,
          lists.entries());
    }
    return list;
  }

  /** Scores all accepted vectors. */
  void scanAll(KnnCollector collector) throws IOException {
    FlatScan.scanAll(scorer, acceptOrds, inIndex(collector));
  }

  /** Scores the vectors of accepted documents, of which there are few. */
  void scanMatches(KnnCollector collector) throws IOException {
    FloatVectorValues values = segment.raw().getFloatVectorValues(segment.name());
    FlatScan.scanMatches(scorer, values, acceptDocs, inIndex(collector));
  }

  private KnnCollector inIndex(KnnCollector collector) {
    return docBase == 0 ? collector : new Shifted(collector, docBase);
  }

  /**
   * Throws if the reader was closed meanwhile.
   *
   * @param cause what the search failed with
   */
  void checkOpen(IllegalStateException cause) {
    SegmentLists lists = segment.lists();
    if (lists != null && !lists.postings().isOpen()) {
      throw new AlreadyClosedException(
          "posting lists of field=\"" + segment.name() + "\" are closed", cause);
    }
  }

  /** Numbers documents from the beginning of the index. */
  private static final class Shifted extends KnnCollector.Decorator {
    private final int docBase;

    Shifted(KnnCollector collector, int docBase) {
      super(collector);
      this.docBase = docBase;
    }

    @Override
    public boolean collect(int doc, float similarity) {
      return super.collect(docBase + doc, similarity);
    }
  }
}

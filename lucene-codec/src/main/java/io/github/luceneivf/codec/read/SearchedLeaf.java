// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.codec.file.RawVectors;
import java.io.IOException;
import java.util.Objects;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.jspecify.annotations.Nullable;

/** One field of one segment while it is searched. Not thread-safe; one per search. */
final class SearchedLeaf {

  /** Where fewer than one vector in so many is accepted, remembering the scores does not pay. */
  private static final long MOST_SHARE = 4;

  private final SegmentField segment;
  private final QueryVector target;
  private final AcceptDocs acceptDocs;
  private final int docBase;
  private final boolean askedAgain;
  private final RandomVectorScorer scorer;
  private final @Nullable Bits acceptOrds;

  /**
   * Prepares a search.
   *
   * @param docBase added to documents before they are collected
   * @param askedAgain whether the query may ask the segment again
   * @throws IllegalArgumentException if {@code target} has not the field's encoding and dimension
   */
  SearchedLeaf(
      SegmentField segment,
      QueryVector target,
      AcceptDocs acceptDocs,
      int docBase,
      boolean askedAgain)
      throws IOException {
    this.askedAgain = askedAgain;
    this.segment = segment;
    this.target = target;
    this.acceptDocs = acceptDocs;
    this.docBase = docBase;
    this.scorer = target.scorer(segment.raw(), segment.name());
    this.acceptOrds = scorer.getAcceptOrds(acceptDocs.bits());
  }

  /** Returns what the field is. */
  FieldInfo field() {
    return segment.info();
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

  /** Returns a vector as floats, [dim], a copy. */
  float[] vector(int ord) throws IOException {
    KnnVectorValues values = target.values(segment.raw(), segment.name());
    return values instanceof ByteVectorValues bytes
        ? RawVectors.floats(bytes.vectorValue(ord))
        : ((FloatVectorValues) values).vectorValue(ord).clone();
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
    return acceptOrds == null ? scorer.maxOrd() : acceptDocs.cost();
  }

  /** Scores all accepted vectors. */
  void scanAll(KnnCollector collector) throws IOException {
    FlatScan.scanAll(remembering(collector), acceptOrds, inIndex(collector));
  }

  /** Scores the vectors of accepted documents, of which there are few. */
  void scanMatches(KnnCollector collector) throws IOException {
    KnnVectorValues values = target.values(segment.raw(), segment.name());
    boolean most = MOST_SHARE * matches() >= vectors();
    RandomVectorScorer scores = most ? remembering(collector) : scorer;
    FlatScan.scanMatches(scores, values, acceptDocs, inIndex(collector));
  }

  private RandomVectorScorer remembering(KnnCollector collector) {
    return askedAgain ? segment.lastScores().of(scorer, target.floats(), collector) : scorer;
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

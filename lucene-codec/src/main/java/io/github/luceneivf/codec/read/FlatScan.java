// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import java.io.IOException;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.jspecify.annotations.Nullable;

/** Scores every accepted vector exactly. Not thread-safe; one per search. */
final class FlatScan {

  /** Vectors scored between two looks at the visit limit, as in Lucene's own exhaustive search. */
  private static final int BATCH = 64;

  private final RandomVectorScorer scorer;
  private final KnnCollector collector;
  private final int[] ords = new int[BATCH];
  private final float[] scores = new float[BATCH];
  private int count;

  private FlatScan(RandomVectorScorer scorer, KnnCollector collector) {
    this.scorer = scorer;
    this.collector = collector;
  }

  /** Scores all vectors whose ordinal is accepted; null accepts all. */
  static void scanAll(RandomVectorScorer scorer, @Nullable Bits acceptOrds, KnnCollector collector)
      throws IOException {
    FlatScan scan = new FlatScan(scorer, collector);
    for (int ord = 0; ord < scorer.maxOrd(); ord++) {
      if ((acceptOrds == null || acceptOrds.get(ord)) && !scan.add(ord)) {
        return;
      }
    }
    scan.flush();
  }

  /** Scores the vectors of the accepted documents, of which there are few. */
  static void scanMatches(
      RandomVectorScorer scorer,
      KnnVectorValues values,
      AcceptDocs acceptDocs,
      KnnCollector collector)
      throws IOException {
    FlatScan scan = new FlatScan(scorer, collector);
    DocIdSetIterator docs = acceptDocs.iterator();
    KnnVectorValues.DocIndexIterator vectors = values.iterator();
    for (int doc = docs.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = docs.nextDoc()) {
      int at = vectors.docID() < doc ? vectors.advance(doc) : vectors.docID();
      if (at == DocIdSetIterator.NO_MORE_DOCS) {
        break;
      }
      if (at == doc && !scan.add(vectors.index())) {
        return;
      }
    }
    scan.flush();
  }

  /** Returns whether to go on. */
  private boolean add(int ord) throws IOException {
    ords[count++] = ord;
    if (count < BATCH) {
      return true;
    }
    flush();
    return !collector.earlyTerminated();
  }

  private void flush() throws IOException {
    if (count == 0 || collector.earlyTerminated()) {
      return;
    }
    scorer.bulkScore(ords, scores, count);
    collector.incVisitedCount(count);
    for (int i = 0; i < count; i++) {
      collector.collect(scorer.ordToDoc(ords[i]), scores[i]);
    }
    count = 0;
  }
}

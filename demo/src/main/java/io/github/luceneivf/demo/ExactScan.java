// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.DocAndFloatFeatureBuffer;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.HitQueue;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.util.Bits;

/** Exact nearest neighbours: every raw vector is scored, in bulk, as Lucene's exact search does. */
final class ExactScan {

  private ExactScan() {}

  /** Returns the {@code k} best documents that are not deleted, best first, fewer if there are. */
  static ScoreDoc[] search(IndexSearcher searcher, String field, float[] query, int k)
      throws IOException {
    HitQueue best = new HitQueue(k, true);
    ScoreDoc worst = best.top();
    DocAndFloatFeatureBuffer buffer = new DocAndFloatFeatureBuffer();
    for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
      FloatVectorValues values = leaf.reader().getFloatVectorValues(field);
      VectorScorer scorer = values == null ? null : values.scorer(query);
      if (scorer == null) {
        continue;
      }
      Bits live = leaf.reader().getLiveDocs();
      VectorScorer.Bulk bulk = scorer.bulk(null);
      while (scorer.iterator().docID() != DocIdSetIterator.NO_MORE_DOCS) {
        bulk.nextDocsAndScores(DocIdSetIterator.NO_MORE_DOCS, live, buffer);
        for (int i = 0; i < buffer.size; i++) {
          if (buffer.features[i] > worst.score) {
            worst.doc = leaf.docBase + buffer.docs[i];
            worst.score = buffer.features[i];
            worst = best.updateTop();
          }
        }
      }
    }
    ScoreDoc[] hits = new ScoreDoc[best.size()];
    for (int i = hits.length - 1; i >= 0; i--) {
      hits[i] = best.pop();
    }
    int found = hits.length;
    while (found > 0 && hits[found - 1].score == Float.NEGATIVE_INFINITY) {
      found--;
    }
    return Arrays.copyOf(hits, found);
  }
}

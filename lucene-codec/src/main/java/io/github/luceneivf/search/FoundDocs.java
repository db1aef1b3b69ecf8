// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import java.util.Arrays;
import org.apache.lucene.search.ScoreDoc;

/**
 * Documents of an index with their scores. Shared and not to be modified.
 *
 * @param docs ascending
 * @param scores of each
 */
@SuppressWarnings("ArrayRecordComponent") // shared on purpose, see above
record FoundDocs(int[] docs, float[] scores) {

  /** Returns hits by document. */
  static FoundDocs of(ScoreDoc[] hits) {
    ScoreDoc[] byDoc = hits.clone();
    Arrays.sort(byDoc, (a, b) -> Integer.compare(a.doc, b.doc));
    int[] docs = new int[byDoc.length];
    float[] scores = new float[byDoc.length];
    for (int i = 0; i < docs.length; i++) {
      docs[i] = byDoc[i].doc;
      scores[i] = byDoc[i].score;
    }
    return new FoundDocs(docs, scores);
  }

  /** Returns the best score; −∞ without documents. */
  float best() {
    float best = Float.NEGATIVE_INFINITY;
    for (float score : scores) {
      best = Math.max(best, score);
    }
    return best;
  }
}

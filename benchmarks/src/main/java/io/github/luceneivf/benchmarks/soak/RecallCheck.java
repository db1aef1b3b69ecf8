// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.soak;

import io.github.luceneivf.benchmarks.data.Recall;
import io.github.luceneivf.benchmarks.data.VectorRows;
import io.github.luceneivf.clustering.FloatMatrix;
import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;

/**
 * Recall@10 at default settings against an exact scan of the live documents. Immutable.
 *
 * @param data rows that documents hold
 * @param queries [queries × dim]
 * @param similarity of the field
 */
record RecallCheck(VectorRows data, FloatMatrix queries, VectorSimilarityFunction similarity) {

  /**
   * Measures.
   *
   * @param live rows of all live documents
   * @return share of hits as near as the exact tenth neighbour, in [0, 1]; 1 if there are none
   */
  double measure(IndexSearcher searcher, int[] live) throws IOException {
    if (live.length == 0) {
      return 1;
    }
    int k = Math.min(Recall.K, live.length);
    float[] worst = worstOfBest(live, k);
    double found = 0;
    for (int q = 0; q < queries.rows(); q++) {
      float[] query = queries.row(q);
      ScoreDoc[] hits =
          searcher.search(new KnnFloatVectorQuery(SoakIndex.VECTOR, query, k), k).scoreDocs;
      int[] docs = Arrays.stream(hits).mapToInt(hit -> hit.doc).toArray();
      for (int row : SoakIndex.rows(searcher.getIndexReader(), docs)) {
        // By nearness and not by row: rows may be there more than once.
        found += similarity.compare(query, data.row(row)) >= worst[q] ? 1 : 0;
      }
    }
    return found / queries.rows() / k;
  }

  /** Score of the k-th neighbour of each query. */
  private float[] worstOfBest(int[] live, int k) {
    float[][] best = new float[queries.rows()][live.length];
    float[] row = new float[data.dim()];
    for (int i = 0; i < live.length; i++) {
      data.read(live[i], row, 0);
      for (int q = 0; q < best.length; q++) {
        best[q][i] = similarity.compare(queries.row(q), row);
      }
    }
    float[] worst = new float[best.length];
    for (int q = 0; q < best.length; q++) {
      Arrays.sort(best[q]);
      worst[q] = best[q][live.length - k];
    }
    return worst;
  }
}

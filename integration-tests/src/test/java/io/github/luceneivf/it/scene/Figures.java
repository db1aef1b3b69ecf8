// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.scene;

import io.github.luceneivf.probe.ProbeReport;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import io.github.luceneivf.search.NearestHits;
import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TopDocs;

/**
 * How well an engine answered the queries of a scene. What was looked at is NaN where an engine does
 * not tell.
 *
 * @param recalls of the queries, ascending
 * @param scanned vectors scanned by a query, over all vectors
 * @param lists scanned by a query; 0 where no segment has more than one
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
record Figures(double[] recalls, double scanned, double lists) {

  /** Asks all queries. */
  static Figures measure(SceneIndex index, Truth truth, Question question, Engine engine)
      throws IOException {
    IndexSearcher searcher = index.searcher();
    searcher.setQueryCache(null);
    int queries = truth.data().queries().length;
    double[] recalls = new double[queries];
    ProbeReport looked = ProbeReport.NOTHING;
    for (int q = 0; q < queries; q++) {
      Query query = question.query(truth, q, engine);
      TopDocs hits;
      if (query instanceof IvfKnnFloatVectorQuery ours) {
        NearestHits found = ours.search(searcher);
        looked = looked.plus(found.report());
        hits = found.topDocs();
      } else {
        hits = searcher.search(query, question.hits());
      }
      recalls[q] = question.recall(truth, q, index.rowsOf(hits.scoreDocs));
    }
    Arrays.sort(recalls);
    double each = looked.equals(ProbeReport.NOTHING) ? Double.NaN : 1.0 / queries;
    return new Figures(
        recalls,
        each * looked.vectorsScanned() / truth.data().size(),
        each * looked.lists());
  }

  double mean() {
    return Arrays.stream(recalls).average().orElseThrow();
  }

  /** Returns what all but 5 % of the queries reach. */
  double fifthPercentile() {
    return recalls[recalls.length / 20];
  }

  double worst() {
    return recalls[0];
  }

  /** Returns the share of queries that find nothing. */
  double empty() {
    return (double) Arrays.stream(recalls).filter(recall -> recall == 0).count() / recalls.length;
  }

  @Override
  public String toString() {
    return "%.3f  %.2f  %.2f  %5.1f %%  %s"
        .formatted(
            mean(),
            fifthPercentile(),
            worst(),
            100 * empty(),
            Double.isNaN(scanned) ? "      -" : "%5.1f %%".formatted(100 * scanned));
  }
}

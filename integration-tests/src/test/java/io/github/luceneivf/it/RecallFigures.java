// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import io.github.luceneivf.benchmarks.data.DataSet;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.knn.KnnCollectorManager;

/**
 * How well and how cheaply an index answers the queries of a data set.
 *
 * @param recalls [queries] share of the k hits that are as near as the k-th true neighbour, so that
 *     equal distances are interchangeable
 * @param scannedFraction vectors scanned per query, over the vectors in the index
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
record RecallFigures(double[] recalls, double scannedFraction) {

  static RecallFigures measure(VectorIndex index, DataSet data, int k) throws IOException {
    IndexSearcher searcher = index.searcher();
    int queries = data.queries().rows();
    double[] recalls = new double[queries];
    AtomicLong scanned = new AtomicLong();
    for (int query = 0; query < queries; query++) {
      TopDocs hits = searcher.search(new CountingQuery(data.queries().row(query), k, scanned), k);
      int[] found = Arrays.stream(hits.scoreDocs).mapToInt(hit -> index.row(hit.doc)).toArray();
      recalls[query] = data.recall(query, found, found.length, k);
    }
    double perQuery = (double) scanned.get() / queries;
    return new RecallFigures(recalls, perQuery / data.base().size());
  }

  double recall() {
    return Arrays.stream(recalls).average().orElseThrow();
  }

  /** Lucene's stock query, counting what its collectors say was visited, in every phase. */
  private static final class CountingQuery extends KnnFloatVectorQuery {
    private final AtomicLong scanned;

    CountingQuery(float[] target, int k, AtomicLong scanned) {
      super(VectorIndex.FIELD, target, k);
      this.scanned = scanned;
    }

    @Override
    protected TopDocs approximateSearch(
        LeafReaderContext context,
        AcceptDocs acceptDocs,
        int visitedLimit,
        KnnCollectorManager manager)
        throws IOException {
      TopDocs hits = super.approximateSearch(context, acceptDocs, visitedLimit, manager);
      scanned.addAndGet(hits.totalHits.value());
      return hits;
    }
  }
}

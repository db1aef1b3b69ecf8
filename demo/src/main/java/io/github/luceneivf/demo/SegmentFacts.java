// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import io.github.luceneivf.codec.IvfStatistics;
import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.probe.ProbeReport;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import java.io.IOException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.search.IndexSearcher;

/**
 * What an index says of its posting lists, and what queries look at.
 *
 * @param segments all segments
 * @param exact of these, without lists, so that every vector is looked at
 * @param nlist lists of the segment with the most
 * @param nprobe lists that a query probes, on average
 * @param scanned mean share of vectors whose code or value a query looks at
 */
record SegmentFacts(int segments, int exact, int nlist, int nprobe, double scanned) {

  /**
   * Reads the facts of the vector field.
   *
   * @param queries [queries][dim], at least one
   */
  static SegmentFacts of(DirectoryReader reader, float[][] queries, IvfSearchStrategy strategy)
      throws IOException {
    int[] lists =
        IvfStatistics.of(reader, VectorIndex.VECTOR).segments().stream()
            .flatMap(segment -> segment.lists().stream())
            .mapToInt(IvfStatistics.Fit::nlist)
            .toArray();
    int nlist = 0;
    for (int ofSegment : lists) {
      nlist = Math.max(nlist, ofSegment);
    }
    long probed = 0;
    long seen = 0;
    IndexSearcher searcher = new IndexSearcher(reader);
    for (float[] query : queries) {
      IvfKnnFloatVectorQuery knn =
          new IvfKnnFloatVectorQuery(VectorIndex.VECTOR, query, Measurements.K, null, strategy);
      ProbeReport report = knn.search(searcher).report();
      probed += report.lists();
      // Without lists to probe vectors are scored as they are.
      seen += report.lists() > 0 ? report.vectorsScanned() : report.vectorsScored();
    }
    return new SegmentFacts(
        reader.leaves().size(),
        reader.leaves().size() - lists.length,
        nlist,
        Math.round((float) probed / queries.length),
        (double) seen / Math.max(1L, (long) queries.length * reader.numDocs()));
  }
}

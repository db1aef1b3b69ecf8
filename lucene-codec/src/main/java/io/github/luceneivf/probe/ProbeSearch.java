// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.probe;

import java.io.IOException;
import org.apache.lucene.search.KnnCollector;

/** The search of all leaves of an index that have joined a {@link ProbePlan}. */
public interface ProbeSearch {

  /**
   * Searches the leaves together: one ranking of centroids per codebook, one budget, one rerank.
   *
   * @param collector receives documents of the index, numbered from its beginning, with exact
   *     scores
   * @return what was looked at
   * @throws IOException if the index cannot be read
   */
  ProbeReport run(KnnCollector collector) throws IOException;
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.probe;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.search.KnnCollector;

/** A leaf of an index that has joined a {@link ProbePlan}. Confined to one search. */
public interface ProbeLeaf {

  /**
   * Searches leaves together: one ranking of centroids per codebook, one budget, one rerank.
   *
   * @param leaves the leaves to search, this one among them, all of the same plan
   * @param target [dim of the field]
   * @param collector receives documents of the index, numbered from its beginning, with exact
   *     scores
   * @return what was looked at
   * @throws IOException if the index cannot be read
   */
  ProbeReport search(List<ProbeLeaf> leaves, float[] target, KnnCollector collector)
      throws IOException;
}

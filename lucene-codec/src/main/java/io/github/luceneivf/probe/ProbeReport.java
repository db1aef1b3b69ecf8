// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.probe;

/**
 * What one search looked at, over all segments of an inverted file, and what of the nearest vectors
 * it is estimated to have found. Immutable.
 *
 * @param codebooks distinct codebooks of more than one list
 * @param rankings how often centroids were ranked: once per codebook, more often only where a query
 *     lies far from all of them, where a filter or misleading codes made the search wider, or where
 *     one of several codebooks has far more of the near lists than its share
 * @param lists distinct lists of these codebooks that were scanned, each in all segments that have
 *     vectors in it
 * @param vectorsScanned codes that were compared with the query: a vector may be in two lists
 * @param vectorsScored vectors that were scored exactly: reranked, or in segments without codes
 * @param vectors vectors in all segments that were searched, accepted or not
 * @param estimatedRecall of <i>this</i> search, in [0, 1]: of queries that lie as far from the
 *     centroids as this one, the share of true neighbours that lie in as many lists, as the
 *     calibration saw it; 1 where everything was looked at. Codes may lose some of it, by default
 *     far less than a hundredth
 * @param cutOff whether the search ended before it had looked at what it wanted to: at the budget
 *     of its strategy, a visit limit or a timeout
 */
public record ProbeReport(
    int codebooks,
    int rankings,
    int lists,
    long vectorsScanned,
    long vectorsScored,
    long vectors,
    double estimatedRecall,
    boolean cutOff) {

  /** Nothing was looked at, because nothing was there. */
  public static final ProbeReport NOTHING = new ProbeReport(0, 0, 0, 0, 0, 0, 1, false);

  /** Returns the report of a search that scored all vectors that are accepted. */
  public static ProbeReport exact(long vectorsScored, long vectors, boolean cutOff) {
    return new ProbeReport(0, 0, 0, 0, vectorsScored, vectors, 1, cutOff);
  }

  /** Returns the sum of two searches of different vectors. */
  public ProbeReport plus(ProbeReport other) {
    long all = vectors + other.vectors;
    double found = vectors * estimatedRecall + other.vectors * other.estimatedRecall;
    return new ProbeReport(
        codebooks + other.codebooks,
        rankings + other.rankings,
        lists + other.lists,
        vectorsScanned + other.vectorsScanned,
        vectorsScored + other.vectorsScored,
        all,
        all == 0 ? 1 : found / all,
        cutOff || other.cutOff);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.probe;

/**
 * What one search looked at, over all segments of an inverted file. Immutable.
 *
 * @param codebooks distinct codebooks of more than one list
 * @param rankings how often centroids were ranked: once per codebook, more often only where a
 *     filter or misleading codes made the search wider, or where one of several codebooks has far
 *     more of the near lists than its share
 * @param lists distinct lists of these codebooks that were scanned, each in all segments that have
 *     vectors in it
 * @param vectorsScanned vectors whose codes were compared with the query
 * @param vectorsScored vectors that were scored exactly: reranked, or in segments without codes
 */
public record ProbeReport(
    int codebooks, int rankings, int lists, long vectorsScanned, long vectorsScored) {

  /** Nothing was looked at. */
  public static final ProbeReport NOTHING = new ProbeReport(0, 0, 0, 0, 0);

  /** Returns the sum of two searches. */
  public ProbeReport plus(ProbeReport other) {
    return new ProbeReport(
        codebooks + other.codebooks,
        rankings + other.rankings,
        lists + other.lists,
        vectorsScanned + other.vectorsScanned,
        vectorsScored + other.vectorsScored);
  }
}

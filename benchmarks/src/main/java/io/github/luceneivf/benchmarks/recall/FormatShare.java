// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.recall;

/**
 * What the default setting finds of the true neighbours that lie in segments of one vectors format.
 *
 * @param format name of the format
 * @param segments its segments
 * @param vectors their vectors, deleted ones too
 * @param k neighbours wanted
 * @param neighbors true neighbours in these segments, over all queries
 * @param found share of them that was found; not-a-number if there are none
 */
record FormatShare(String format, int segments, long vectors, int k, long neighbors, double found) {

  static FormatShare of(VectorField field, String format, int k, long neighbors, long found) {
    int segments = 0;
    long vectors = 0;
    for (VectorField.Segment segment : field.segments()) {
      if (segment.format().equals(format)) {
        segments++;
        vectors += segment.vectors();
      }
    }
    return new FormatShare(
        format,
        segments,
        vectors,
        k,
        neighbors,
        neighbors == 0 ? Double.NaN : (double) found / neighbors);
  }
}

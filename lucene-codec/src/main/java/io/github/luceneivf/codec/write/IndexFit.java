package io.github.luceneivf.codec.write;

import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codec.file.ListStatistics;
import io.github.luceneivf.codec.file.SegmentFit;
import java.util.List;
import java.util.stream.LongStream;

/**
 * How a codebook fits the vectors of a whole index, as far as a merge can know. Immutable.
 *
 * @param vectors vectors in the index
 * @param reachable of these, how many a training sample can be drawn from
 * @param listed in lists of the codebook
 * @param energy mean squared distance of those to their centroids; 0 if not known
 * @param imbalance nlist·Σs²/(Σs)² over their lists; 0 if there are none
 * @param arrived vectors that came after the training
 */
record IndexFit(
    long vectors, long reachable, long listed, double energy, double imbalance, long arrived) {

  /** Of an index of which nothing but its size is known. */
  static IndexFit of(long vectors) {
    return new IndexFit(vectors, vectors, 0, 0, 0, 0);
  }

  /**
   * Adds up segments.
   *
   * @param codebook the codebook in question
   * @param nlist its lists
   */
  static IndexFit of(
      CodebookId codebook, int nlist, List<SegmentFit> segments, long vectors, long reachable) {
    long[] sizes = new long[nlist];
    long measured = 0;
    double energy = 0;
    long arrived = 0;
    for (SegmentFit segment : segments) {
      if (segment.lists().isEmpty()) {
        arrived += segment.vectors();
        continue;
      }
      SegmentFit.Lists lists = segment.lists().get();
      if (!lists.codebook().id().equals(codebook)) {
        continue;
      }
      ListStatistics statistics = lists.statistics();
      for (int list = 0; list < nlist; list++) {
        sizes[list] += lists.sizes()[list];
      }
      if (statistics.measured()) {
        measured += segment.vectors();
        energy += segment.vectors() * statistics.energy();
      }
      arrived += statistics.arrived();
    }
    double sum = LongStream.of(sizes).sum();
    double squares = LongStream.of(sizes).mapToDouble(size -> (double) size * size).sum();
    return new IndexFit(
        vectors,
        reachable,
        (long) sum,
        measured == 0 ? 0 : energy / measured,
        sum == 0 ? 0 : nlist * squares / (sum * sum),
        arrived);
  }
}

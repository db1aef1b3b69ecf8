// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.codec.file.PostingLists;
import io.github.luceneivf.quantization.QueryCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.search.KnnCollector;
import org.jspecify.annotations.Nullable;

/**
 * Scans the lists of one codebook in all segments that have it: those of small segments together
 * where they are joined, the others segment by segment. Not thread-safe; one per search.
 */
final class CodebookScanner {

  private static final int NONE = -1;

  private final List<SearchedLeaf> leaves;
  private final QueryCode query;
  private final int firstIndex;
  private final float scale;
  private final boolean countsAll;
  private final long vectors;
  private final ListScanner[] apart;
  private final @Nullable JointLists joint;
  private final @Nullable ListScanner together;

  /** Created for the first list that is not joined. */
  private ListScanner[] small = new ListScanner[0];

  private int due = NONE;

  /**
   * Prepares a search.
   *
   * @param group the segments
   * @param query in the space of their codebook
   * @param firstIndex number of the first of {@link #leaves} among the segments of the search
   * @param scale factor on distances
   * @param countsAll see {@link ListScanner}
   */
  CodebookScanner(
      List<SearchedLeaf> group, QueryCode query, int firstIndex, float scale, boolean countsAll) {
    List<SearchedLeaf> smalls = JointLists.small(group);
    this.leaves = new ArrayList<>(group);
    if (!smalls.isEmpty()) {
      leaves.removeAll(smalls);
      leaves.addAll(smalls);
    }
    this.query = query;
    this.firstIndex = firstIndex;
    this.scale = scale;
    this.countsAll = countsAll;
    this.vectors = leaves.stream().mapToLong(SearchedLeaf::vectors).sum();
    int alone = leaves.size() - smalls.size();
    this.apart = scanners(0, alone);
    this.joint = smalls.isEmpty() ? null : JointLists.of(smalls);
    PostingLists joined = joint == null ? null : joint.postings();
    this.together = joined == null ? null : scanner(joined, alone, leaves.size());
  }

  /** Returns a scanner for each of the segments [from, to). */
  private ListScanner[] scanners(int from, int to) {
    ListScanner[] scanners = new ListScanner[to - from];
    for (int i = from; i < to; i++) {
      PostingLists postings = leaves.get(i).requireLists().postings();
      scanners[i - from] = scanner(postings, i, i + 1);
    }
    return scanners;
  }

  /** Returns a scanner of lists of the segments [from, to). */
  private ListScanner scanner(PostingLists postings, int from, int to) {
    SearchedLeaf[] segments = leaves.subList(from, to).toArray(SearchedLeaf[]::new);
    ScannedSegments scanned = new ScannedSegments(segments, firstIndex + from);
    return new ListScanner(postings, scanned, query, scale, countsAll);
  }

  private ListScanner[] small() {
    if (small.length == 0) {
      small = scanners(apart.length, leaves.size());
    }
    return small;
  }

  /** Returns the segments, in the order of their numbers. */
  List<SearchedLeaf> leaves() {
    return leaves;
  }

  /** Returns the vectors of all segments. */
  long vectors() {
    return vectors;
  }

  /** Returns the accepted vectors among those scanned so far, an estimate. */
  double accepted() {
    double accepted = together == null ? 0 : together.accepted();
    for (ListScanner scanner : apart) {
      accepted += scanner.accepted();
    }
    for (ListScanner scanner : small) {
      accepted += scanner.accepted();
    }
    return accepted;
  }

  /** Says that a list will be scanned soon. */
  void prefetch(int list) throws IOException {
    for (ListScanner scanner : apart) {
      scanner.prefetch(list);
    }
    if (joint != null && !(together != null && joint.isJoined(list))) {
      for (ListScanner scanner : small()) {
        scanner.prefetch(list);
      }
    }
  }

  /**
   * Scans lists, segment by segment.
   *
   * @param lists [to] numbers of lists, in the order in which to scan
   * @param bases [to] exact distances of the query to their centroids
   */
  void scan(
      int[] lists,
      float[] bases,
      int from,
      int to,
      ScanLog log,
      CandidateQueue candidates,
      KnnCollector visits)
      throws IOException {
    for (ListScanner scanner : apart) {
      for (int i = from; i < to; i++) {
        log.scan(scanner, lists[i], bases[i], candidates, visits);
      }
      if (visits.earlyTerminated()) {
        return;
      }
    }
    if (joint != null && !visits.earlyTerminated()) {
      scanSmall(joint, lists, bases, from, to, log, candidates, visits);
    }
  }

  private void scanSmall(
      JointLists joint,
      int[] lists,
      float[] bases,
      int from,
      int to,
      ScanLog log,
      CandidateQueue candidates,
      KnnCollector visits)
      throws IOException {
    int[] left = new int[to - from];
    int count = 0;
    for (int i = from; i < to; i++) {
      if (together != null && joint.isJoined(lists[i])) {
        log.scan(together, lists[i], bases[i], candidates, visits);
      } else {
        left[count++] = i;
      }
    }
    if (count == 0 || visits.earlyTerminated()) {
      return;
    }
    for (ListScanner scanner : small()) {
      for (int i = 0; i < count; i++) {
        log.scan(scanner, lists[left[i]], bases[left[i]], candidates, visits);
      }
      if (visits.earlyTerminated()) {
        return;
      }
    }
    for (int i = 0; i < count; i++) {
      if (joint.probe(lists[left[i]])) {
        due = lists[left[i]];
      }
    }
  }

  /** Joins one of the lists that were scanned often enough, if there is any. */
  void join() throws IOException {
    if (joint != null && due != NONE) {
      joint.join(due);
      due = NONE;
    }
  }
}

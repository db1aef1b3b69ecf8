package io.github.luceneivf.codec.read;

import io.github.luceneivf.codec.file.PostingLists;
import io.github.luceneivf.quantization.QueryCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
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
  private final ListScanner[] apart;
  private final ListScanner[] small;
  private final @Nullable JointLists joint;
  private final @Nullable ListScanner together;
  private final long vectors;
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
    int alone = leaves.size() - smalls.size();
    ListScanner[] scanners = new ListScanner[leaves.size()];
    long sum = 0;
    for (int i = 0; i < scanners.length; i++) {
      SearchedLeaf leaf = leaves.get(i);
      ScannedSegments segments = new ScannedSegments(new SearchedLeaf[] {leaf}, firstIndex + i);
      PostingLists postings = leaf.requireLists().postings();
      scanners[i] = new ListScanner(postings, segments, query, scale, countsAll);
      sum += segments.vectors();
    }
    this.vectors = sum;
    this.apart = Arrays.copyOf(scanners, alone);
    this.small = Arrays.copyOfRange(scanners, alone, scanners.length);
    this.joint = smalls.isEmpty() ? null : JointLists.of(smalls);
    PostingLists joined = joint == null ? null : joint.postings();
    if (joined == null) {
      this.together = null;
    } else {
      ScannedSegments segments =
          new ScannedSegments(smalls.toArray(SearchedLeaf[]::new), firstIndex + alone);
      this.together = new ListScanner(joined, segments, query, scale, countsAll);
    }
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
    if (!isJoined(list)) {
      for (ListScanner scanner : small) {
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
    boolean[] areJoined = new boolean[to - from];
    for (int i = from; i < to && together != null; i++) {
      if (isJoined(lists[i])) {
        areJoined[i - from] = true;
        log.scan(together, lists[i], bases[i], candidates, visits);
      }
    }
    for (ListScanner scanner : small) {
      for (int i = from; i < to; i++) {
        if (!areJoined[i - from]) {
          log.scan(scanner, lists[i], bases[i], candidates, visits);
        }
      }
      if (visits.earlyTerminated()) {
        return;
      }
    }
    for (int i = from; i < to && joint != null; i++) {
      if (!areJoined[i - from] && joint.probe(lists[i])) {
        due = lists[i];
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

  private boolean isJoined(int list) {
    return together != null && joint != null && joint.isJoined(list);
  }
}

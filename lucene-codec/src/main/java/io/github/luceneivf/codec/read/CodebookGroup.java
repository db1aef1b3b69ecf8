// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.CentroidRanking;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.ListReach;
import io.github.luceneivf.codec.file.ListStatistics;
import io.github.luceneivf.codec.file.LoadedCodebook;
import io.github.luceneivf.codec.file.PostingLists;
import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.quantization.QueryCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All segments of one codebook while they are searched: their lists best first, each in all of
 * them. Lists of small segments are scanned together where they are joined, the others segment by
 * segment. Not thread-safe; one per search.
 */
final class CodebookGroup {

  private static final int NONE = -1;

  /** Deviations within which nearly all vectors of a list lie. */
  private static final double REACH = 3;

  /** How many times as far, squared, the farthest vectors are taken to lie from their centroids. */
  private static final double MOST_SCATTERED = 4;

  /** How many times as far as usual, squared, a vector lies from its centroid if it is strange. */
  private static final double STRANGE = 1.5;

  /** Lists around a strange vector, for each one that is wanted of vectors the training saw. */
  private static final double AROUND = 2;

  private final List<SearchedLeaf> leaves;
  private final CentroidRanking ranking;
  private final float scale;
  private final CandidateScan scan;
  private final int firstIndex;
  private final Codebook codebook;
  private final QueryCode query;
  private final RankedLists ranked;
  private final long vectors;

  /** Mean squared distance of vectors to their centroids; not-a-number if it is not known. */
  private final double energy;

  private final ListScanner[] apart;
  private final @Nullable JointLists joint;
  private final @Nullable ListScanner together;

  /** Created for the first list that is not joined. */
  private ListScanner[] small = new ListScanner[0];

  private ProbeSettings settings;
  private int prefetched;
  private int due = NONE;

  /**
   * Prepares a search.
   *
   * @param group at least one segment
   * @param target [dim], as it was asked
   * @param settings how much of the lists to look at, for a query of usual remoteness
   * @param first of the groups of the search: distances are made comparable with those of its
   *     codebook; null if this is the first
   * @param scan of the search
   */
  CodebookGroup(
      List<SearchedLeaf> group,
      float[] target,
      ProbeSettings settings,
      @Nullable CodebookGroup first,
      CandidateScan scan) {
    List<SearchedLeaf> smalls = JointLists.small(group);
    this.leaves = new ArrayList<>(group);
    if (!smalls.isEmpty()) {
      leaves.removeAll(smalls);
      leaves.addAll(smalls);
    }
    LoadedCodebook loaded = group.getFirst().requireLists().codebook();
    this.codebook = loaded.codebook();
    ListReach reach = reach(leaves);
    this.settings = settings.scattered(scattered(reach.beyond(codebook)));
    this.scale = first == null ? 1 : scale(codebook, first.codebook);
    this.scan = scan;
    this.firstIndex = scan.add(leaves);
    float[] mapped = target.clone();
    codebook.space().mapQuery(mapped);
    this.query = new QueryCode(codebook.quantizer(), mapped);
    this.ranking = loaded.ranking().with(reach);
    this.ranked = new RankedLists(ranking, query, codebook.nlist());
    this.vectors = leaves.stream().mapToLong(SearchedLeaf::vectors).sum();
    this.energy = ProbeSettings.mean(leaves, ListStatistics::energy);
    int alone = leaves.size() - smalls.size();
    this.apart = scanners(0, alone);
    this.joint = smalls.isEmpty() ? null : JointLists.of(smalls);
    PostingLists joined = joint == null ? null : joint.postings();
    this.together = joined == null ? null : scanner(joined, alone, leaves.size());
  }

  /** Returns how far the vectors of all segments reach. */
  private static ListReach reach(List<SearchedLeaf> leaves) {
    ListReach first = leaves.getFirst().requireLists().meta().reach();
    return leaves.size() == 1 || first.nlist() == 0
        ? first
        : ListReach.farthest(
            leaves.stream().map(leaf -> leaf.requireLists().meta().reach()).toList());
  }

  /**
   * Returns how many times as far vectors lie from their centroids, squared, if the farthest do so
   * many times. Where these lie very far, they are few, and their lists are ranked first.
   */
  private static double scattered(double farthest) {
    return Math.min(farthest * farthest, MOST_SCATTERED);
  }

  /** Returns by what to multiply distances in a codebook's space to get those in another's. */
  private static float scale(Codebook codebook, Codebook other) {
    int finer = other.space().exponent() - codebook.space().exponent();
    return Math.scalb(1f, codebook.metric() == Metric.EUCLIDEAN ? 2 * finer : finer);
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
    return new ListScanner(
        postings, new ScannedSegments(segments, firstIndex + from), query, scale);
  }

  private ListScanner[] small() {
    if (small.length == 0) {
      small = scanners(apart.length, leaves.size());
    }
    return small;
  }

  /**
   * Ranks lists, and learns how far the query lies from them.
   *
   * @param ahead how many times as many lists as a query of usual remoteness needs
   */
  void rank(double ahead) {
    ranked.rank((int) Math.ceil(ahead * settings.lists(settings.k())));
    settings = settings.at(ranking.remoteness(query, ranked.base(0)));
  }

  ProbeSettings settings() {
    return settings;
  }

  /** Returns the vectors of all segments. */
  long vectors() {
    return vectors;
  }

  /** Returns the vectors in a list, on average; 1 where there are none at all. */
  double vectorsPerList() {
    return (double) Math.max(vectors, 1) / codebook.nlist();
  }

  /** Returns how often centroids were ranked. */
  int rankings() {
    return ranked.rankings();
  }

  /** Returns the lists taken. */
  int taken() {
    return ranked.taken();
  }

  /** Returns the vectors in the next list, in all segments. */
  long nextVectors() {
    int list = ranked.next();
    long sum = 0;
    for (SearchedLeaf leaf : leaves) {
      sum += leaf.requireLists().postings().size(list);
    }
    return sum;
  }

  /** Returns whether lists are ranked by the distance of the query to their centroids alone. */
  boolean keysAreDistances() {
    return codebook.metric() != Metric.INNER_PRODUCT;
  }

  /**
   * Returns whether vectors of the next list may lie within a distance. If residuals r had no
   * direction, those of a list with centroid c would lie at ‖q − c‖² + ‖r‖² from the query q, with
   * a deviation of 2‖q − c‖‖r‖/√dim. Mostly no list not probed yet does by that, since the nearest
   * vectors are those whose residuals have the query's direction; some do where vectors lie close
   * to their centroids.
   */
  boolean nextReaches(double distance) {
    double key = Math.max(ranked.leastNextKey(), 0);
    double spread = 2 * Math.sqrt(key * energy / codebook.dim());
    return keysAreDistances() && scale * (key + energy - REACH * spread) < distance;
  }

  /** Returns whether a segment is one of these. */
  boolean has(SearchedLeaf leaf) {
    return leaves.contains(leaf);
  }

  /**
   * Returns whether a vector lies so far from its centroid that the training saw hardly any like
   * it.
   *
   * @param list that it was found in
   */
  boolean isStrange(Reranker.Best vector, int list) throws IOException {
    double trained = settings.meta().statistics().training().energy();
    if (!keysAreDistances() || !(trained > 0)) {
      return false;
    }
    float[] mapped = mapped(vector.vector());
    boolean far = toCentroid(mapped, list) > STRANGE * trained;
    if (!far || !codebook.spills()) {
      return far;
    }
    // The list may be its second one, which is farther.
    float[] nearest = new float[1];
    ranking.rank(new QueryCode(codebook.quantizer(), mapped), 1, new int[1], nearest);
    return nearest[0] > STRANGE * trained;
  }

  private double toCentroid(float[] mapped, int list) {
    int dim = codebook.dim();
    float[] centroids = codebook.centroids().values();
    return Kernels.get().squaredDistance(mapped, 0, centroids, list * dim, dim);
  }

  /**
   * Moves the lists that hold the neighbours of a vector before all others that were not taken.
   *
   * @param vector [dim], as it was indexed
   * @return how many of them were not taken before
   */
  int promoteAround(float[] vector) {
    double wanted = AROUND * settings.listsOfTraining(settings.k());
    int count = (int) Math.min(Math.ceil(wanted), codebook.nlist());
    int[] lists = new int[count];
    QueryCode code = new QueryCode(codebook.quantizer(), mapped(vector));
    ranking.rank(code, count, lists, new float[count]);
    return ranked.promote(lists);
  }

  private float[] mapped(float[] vector) {
    float[] mapped = vector.clone();
    codebook.space().map(mapped, 0, 1, mapped.length);
    return mapped;
  }

  boolean hasNext() {
    return ranked.hasNext();
  }

  /**
   * Returns by what the next list is ranked among those of other codebooks: smaller is better.
   *
   * @param wanted lists that may be wanted in all
   */
  float nextKey(int wanted) throws IOException {
    ranked.rank(wanted);
    for (int to = Math.min(wanted, ranked.size()); prefetched < to; prefetched++) {
      prefetch(ranked.list(prefetched));
    }
    return scale * ranked.nextKey();
  }

  /** Says that a list will be scanned soon. */
  private void prefetch(int list) throws IOException {
    for (ListScanner scanner : apart) {
      scanner.prefetch(list);
    }
    if (joint != null && !(together != null && joint.isJoined(list))) {
      for (ListScanner scanner : small()) {
        scanner.prefetch(list);
      }
    }
  }

  /** Takes the next list, to be scanned with all that were taken since the last scan. */
  void take() {
    ranked.take();
  }

  /** Scans the lists that were taken and not scanned yet: the best of all, then the others. */
  void scanTaken() throws IOException {
    int[] best = ranked.drawBest();
    int[] others = ranked.drawOthers();
    scan(best);
    if (!scan.isEnded()) {
      scan(others);
    }
  }

  /** Scans the lists of some ranks, segment by segment. */
  private void scan(int[] ranks) throws IOException {
    for (ListScanner scanner : apart) {
      scan(scanner, ranks, ranks.length);
      if (scan.isEnded()) {
        return;
      }
    }
    if (joint != null && !scan.isEnded()) {
      scanSmall(joint, ranks);
    }
  }

  private void scanSmall(JointLists joint, int[] ranks) throws IOException {
    int[] left = new int[ranks.length];
    int count = 0;
    for (int rank : ranks) {
      if (together != null && joint.isJoined(ranked.list(rank))) {
        scan.scan(together, ranked.list(rank), ranked.base(rank));
      } else {
        left[count++] = rank;
      }
    }
    if (count == 0 || scan.isEnded()) {
      return;
    }
    for (ListScanner scanner : small()) {
      scan(scanner, left, count);
      if (scan.isEnded()) {
        return;
      }
    }
    for (int i = 0; i < count; i++) {
      int list = ranked.list(left[i]);
      if (joint.probe(list)) {
        due = list;
      }
    }
  }

  private void scan(ListScanner scanner, int[] ranks, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      scan.scan(scanner, ranked.list(ranks[i]), ranked.base(ranks[i]));
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

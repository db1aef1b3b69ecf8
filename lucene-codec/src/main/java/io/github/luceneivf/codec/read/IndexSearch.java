// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.probe.ProbeReport;
import io.github.luceneivf.probe.ProbeSearch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;

/**
 * The query pipeline: one search of one field over one or many segments.
 *
 * <ol>
 *   <li>Where few documents are accepted in all, they are scored exactly, and that is all.
 *   <li>Segments without codes are scored exactly: what they hold sets the score to beat.
 *   <li>Segments with lists are probed together ({@link ProbeLoop}).
 *   <li>So are those of one list, by themselves: codes about the mean of a segment are so much
 *       coarser than codes about centroids that one order of candidates would have to be reranked
 *       far deeper.
 *   <li>Where all vectors of a score or more are wanted, {@link RangeSearch} probes.
 * </ol>
 *
 * <p>Not thread-safe; one per search.
 */
final class IndexSearch implements ProbeSearch {

  /** With this many accepted documents or fewer, exact scoring is cheaper than probing. */
  private static final int FEW_MATCHES = 2_000;

  /** Lists of one of several codebooks that are ranked at first, for each one that it needs. */
  private static final double AHEAD = 2;

  /** The same where the calibration decides: many a query is remoter than most. */
  private static final double SPARE = 1.5;

  /** A longer ranking costs more than a second one, which few of those searches need. */
  private static final double MOST_RANKED_AHEAD = 3;

  /** Stock queries collect with a reduced k from each segment. */
  private static final int LEAST_K_ALONE = 10;

  private final QueryVector target;
  private final boolean alone;
  private final List<SearchedLeaf> leaves = new ArrayList<>();

  private IndexSearch(QueryVector target, boolean alone) {
    this.target = target;
    this.alone = alone;
  }

  /** Creates a search, of no segments yet, of all segments that a query asks. */
  static IndexSearch together(QueryVector target) {
    return new IndexSearch(target, false);
  }

  /** Creates a search of one segment, of which its query may ask again. */
  static IndexSearch alone(QueryVector target) {
    return new IndexSearch(target, true);
  }

  /**
   * Adds a segment.
   *
   * @param docBase added to its documents before they are collected
   * @throws IllegalArgumentException if the target has not the field's encoding and dimension
   */
  void add(SegmentField segment, AcceptDocs acceptDocs, int docBase) throws IOException {
    leaves.add(new SearchedLeaf(segment, target, acceptDocs, docBase, alone));
  }

  /** Returns the segments, in the order in which they were added, shared. */
  List<SearchedLeaf> leaves() {
    return leaves;
  }

  @Override
  public ProbeReport run(KnnCollector collector) throws IOException {
    WantedRange range = WantedRange.of(collector, leaves);
    if (range.isRange() && !canBeMet(range)) {
      return ProbeReport.NOTHING;
    }
    return run(range, range.collector());
  }

  private boolean canBeMet(WantedRange range) {
    for (SearchedLeaf leaf : leaves) {
      if (ScoreDistance.canExceed(leaf.field().getVectorSimilarityFunction(), range.refused())) {
        return true;
      }
    }
    return false;
  }

  private ProbeReport run(WantedRange range, KnnCollector collector) throws IOException {
    if (matchesAreFew(collector.k())) {
      return scanMatches(collector);
    }
    ProbeReport report = ProbeReport.NOTHING;
    List<SearchedLeaf> withLists = new ArrayList<>(leaves.size());
    List<SearchedLeaf> withOneList = new ArrayList<>(0);
    List<SearchedLeaf> withoutCodes = new ArrayList<>(0);
    for (SearchedLeaf leaf : leaves) {
      SegmentLists lists = leaf.lists();
      if (lists == null) {
        withoutCodes.add(leaf);
      } else if (lists.meta().nlist() > 1) {
        withLists.add(leaf);
      } else {
        withOneList.add(leaf);
      }
    }
    report = report.plus(scanAll(withoutCodes, collector));
    report = report.plus(probe(withLists, range, collector));
    return report.plus(probe(withOneList, range, collector));
  }

  /** Whether exact scoring of what is accepted is cheap; without any restriction it never is. */
  private boolean matchesAreFew(int k) throws IOException {
    boolean restricted = false;
    long matches = 0;
    long few = Math.max(10L * k, FEW_MATCHES);
    for (SearchedLeaf leaf : leaves) {
      restricted |= leaf.acceptOrds() != null;
      matches += leaf.matches();
      if (matches > few) {
        return false;
      }
    }
    return restricted;
  }

  private ProbeReport scanMatches(KnnCollector collector) throws IOException {
    long before = collector.visitedCount();
    for (SearchedLeaf leaf : leaves) {
      leaf.scanMatches(collector);
    }
    return exact(leaves, collector, before);
  }

  private static ProbeReport exact(List<SearchedLeaf> scored, KnnCollector collector, long before) {
    long vectors = 0;
    for (SearchedLeaf leaf : scored) {
      vectors += leaf.vectors();
    }
    return ProbeReport.exact(
        collector.visitedCount() - before, vectors, collector.earlyTerminated());
  }

  private static ProbeReport scanAll(List<SearchedLeaf> leaves, KnnCollector collector)
      throws IOException {
    long before = collector.visitedCount();
    for (SearchedLeaf leaf : leaves) {
      leaf.scanAll(collector);
    }
    return exact(leaves, collector, before);
  }

  private ProbeReport probe(List<SearchedLeaf> probed, WantedRange range, KnnCollector collector)
      throws IOException {
    if (probed.isEmpty() || collector.earlyTerminated()) {
      return ProbeReport.NOTHING;
    }
    int vectors = 0;
    long matches = 0;
    long entries = 0;
    for (SearchedLeaf leaf : probed) {
      entries += leaf.requireLists().postings().entries();
      vectors += leaf.requireLists().vectors();
      matches += leaf.matches();
    }
    IvfSearchStrategy strategy = ProbeSettings.strategy(collector.getSearchStrategy());
    int least = alone ? LEAST_K_ALONE : 1;
    int k = Math.clamp(Math.max(collector.k(), least), 1, Math.max(1, vectors));
    CandidateScan scan =
        new CandidateScan(collector, vectors, (int) Math.min(entries, Integer.MAX_VALUE - 8));
    CodebookGroup[] groups = groups(byCodebook(probed), k, strategy, scan);
    double ahead = ahead(groups, matches, vectors);
    int depth = 0;
    for (CodebookGroup group : groups) {
      group.rank(ahead);
      depth = Math.max(depth, group.settings().depth(k));
    }
    if (depth >= vectors / 2) {
      return scanAll(probed, collector);
    }
    if (range.isRange()) {
      scan.startGrowing();
    } else {
      scan.start(depth, matches);
    }
    try {
      if (range.isRange()) {
        ProbeReport report = new RangeSearch(groups, scan, range, distances(probed)).run();
        return report == null ? scanAll(probed, collector) : report;
      }
      return new ProbeLoop(groups, scan, distances(probed), depth, collector).run();
    } catch (IllegalStateException e) {
      for (SearchedLeaf leaf : probed) {
        leaf.checkOpen(e);
      }
      throw e;
    }
  }

  /** Distances of scores in the space of the first of the codebooks. */
  private ScoreDistance distances(List<SearchedLeaf> probed) {
    SearchedLeaf first = probed.getFirst();
    VectorSpace space = first.requireLists().codebook().codebook().space();
    return new ScoreDistance(first.field(), space, target.floats());
  }

  private CodebookGroup[] groups(
      List<List<SearchedLeaf>> byCodebook, int k, IvfSearchStrategy strategy, CandidateScan scan) {
    CodebookGroup[] groups = new CodebookGroup[byCodebook.size()];
    for (int i = 0; i < groups.length; i++) {
      List<SearchedLeaf> leaves = byCodebook.get(i);
      ProbeSettings settings = ProbeSettings.of(k, strategy, leaves, scan.most());
      groups[i] = new CodebookGroup(leaves, target.floats(), settings, groups[0], scan);
    }
    return groups;
  }

  /**
   * How many times as many lists to rank at once as a query of usual remoteness needs, so that it
   * need not be done again for what is not accepted, or for lists that other codebooks leave.
   */
  private static double ahead(CodebookGroup[] groups, long matches, int vectors) {
    ProbeSettings settings = groups[0].settings();
    double wider = settings.strategy().nprobe().isPresent() ? 1 : SPARE;
    if (matches < vectors) {
      double nearest = settings.k() * ((double) vectors / Math.max(1, matches));
      wider *= settings.lists(nearest) / settings.lists(settings.k());
    }
    return groups.length == 1
        ? Math.min(wider, MOST_RANKED_AHEAD)
        : Math.max(Math.min(wider, MOST_RANKED_AHEAD), AHEAD);
  }

  /** The leaves of each codebook. */
  private static List<List<SearchedLeaf>> byCodebook(List<SearchedLeaf> leaves) {
    List<List<SearchedLeaf>> groups = new ArrayList<>(1);
    for (SearchedLeaf leaf : leaves) {
      groupOf(leaf.requireLists().meta().codebook(), groups, leaves.size()).add(leaf);
    }
    return groups;
  }

  private static List<SearchedLeaf> groupOf(
      CodebookId codebook, List<List<SearchedLeaf>> groups, int most) {
    for (List<SearchedLeaf> group : groups) {
      if (group.getFirst().requireLists().meta().codebook().equals(codebook)) {
        return group;
      }
    }
    List<SearchedLeaf> group = new ArrayList<>(most);
    groups.add(group);
    return group;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codec.file.LoadedCodebook;
import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.probe.ProbeReport;
import io.github.luceneivf.quantization.QueryCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.search.KnnCollector;
import org.jspecify.annotations.Nullable;

/**
 * The query pipeline: one search of one field over one or many segments.
 *
 * <ol>
 *   <li>Where few documents are accepted in all, they are scored exactly, and that is all.
 *   <li>Segments without codes are scored exactly: what they hold sets the score to beat.
 *   <li>Segments with lists are probed together ({@link Probing}).
 *   <li>So are those of one list, by themselves: codes about the mean of a segment are so much
 *       coarser than codes about centroids that one order of candidates would have to be reranked
 *       far deeper.
 * </ol>
 *
 * <p>Not thread-safe; one per search.
 */
final class IndexSearch {

  /** With this many accepted documents or fewer, exact scoring is cheaper than probing. */
  private static final int FEW_MATCHES = 2_000;

  private final float[] target;
  private final KnnCollector collector;

  IndexSearch(float[] target, KnnCollector collector) {
    this.target = target;
    this.collector = collector;
  }

  ProbeReport run(List<SearchedLeaf> leaves) throws IOException {
    if (matchesAreFew(leaves)) {
      return scanMatches(leaves);
    }
    ProbeReport report = ProbeReport.NOTHING;
    List<SearchedLeaf> withLists = new ArrayList<>(leaves.size());
    List<SearchedLeaf> withOneList = new ArrayList<>(0);
    List<SearchedLeaf> withoutCodes = new ArrayList<>(0);
    for (SearchedLeaf leaf : leaves) {
      FieldSearcher.Lists lists = leaf.lists();
      if (lists == null) {
        withoutCodes.add(leaf);
      } else if (lists.meta().nlist() > 1) {
        withLists.add(leaf);
      } else {
        withOneList.add(leaf);
      }
    }
    report = report.plus(scanAll(withoutCodes));
    report = report.plus(probe(withLists));
    return report.plus(probe(withOneList));
  }

  /** Whether exact scoring of what is accepted is cheap; without any restriction it never is. */
  private boolean matchesAreFew(List<SearchedLeaf> leaves) throws IOException {
    boolean restricted = false;
    long matches = 0;
    long few = Math.max(10L * collector.k(), FEW_MATCHES);
    for (SearchedLeaf leaf : leaves) {
      restricted |= leaf.acceptOrds() != null;
      matches += leaf.matches();
      if (matches > few) {
        return false;
      }
    }
    return restricted;
  }

  private ProbeReport scanMatches(List<SearchedLeaf> leaves) throws IOException {
    long before = collector.visitedCount();
    for (SearchedLeaf leaf : leaves) {
      leaf.scanMatches(collector);
    }
    return scored(before);
  }

  private ProbeReport scanAll(List<SearchedLeaf> leaves) throws IOException {
    long before = collector.visitedCount();
    for (SearchedLeaf leaf : leaves) {
      leaf.scanAll(collector);
    }
    return leaves.isEmpty() ? ProbeReport.NOTHING : scored(before);
  }

  private ProbeReport scored(long visitedBefore) {
    return new ProbeReport(0, 0, 0, 0, collector.visitedCount() - visitedBefore);
  }

  private ProbeReport probe(List<SearchedLeaf> leaves) throws IOException {
    List<List<SearchedLeaf>> groups = byCodebook(leaves);
    if (groups.isEmpty() || collector.earlyTerminated()) {
      return ProbeReport.NOTHING;
    }
    int vectors = 0;
    for (SearchedLeaf leaf : leaves) {
      vectors += leaf.requireLists().vectors();
    }
    IvfSearchStrategy strategy = ProbeSettings.strategy(collector.getSearchStrategy());
    ProbeSettings[] settings = new ProbeSettings[groups.size()];
    int depth = 0;
    for (int i = 0; i < settings.length; i++) {
      settings[i] = ProbeSettings.of(collector.k(), strategy, largest(groups.get(i)), vectors);
      depth = Math.max(depth, settings[i].depth());
    }
    if (depth >= vectors / 2) {
      return scanAll(leaves);
    }
    CodebookProbe[] probes = new CodebookProbe[settings.length];
    int index = 0;
    for (int i = 0; i < probes.length; i++) {
      probes[i] = prepared(groups.get(i), index, settings[i], probes[0]);
      index += groups.get(i).size();
    }
    try {
      return new Probing(probes, depth, vectors, collector).run();
    } catch (IllegalStateException e) {
      for (SearchedLeaf leaf : leaves) {
        leaf.checkOpen(e);
      }
      throw e;
    }
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

  /** The segment of most vectors: its calibration speaks for all of its codebook. */
  private static FieldSearcher.Lists largest(List<SearchedLeaf> group) {
    FieldSearcher.Lists largest = group.getFirst().requireLists();
    for (SearchedLeaf leaf : group) {
      FieldSearcher.Lists lists = leaf.requireLists();
      largest = lists.vectors() > largest.vectors() ? lists : largest;
    }
    return largest;
  }

  private CodebookProbe prepared(
      List<SearchedLeaf> group,
      int firstIndex,
      ProbeSettings settings,
      @Nullable CodebookProbe first) {
    LoadedCodebook codebook = group.getFirst().requireLists().codebook();
    float[] mapped = target.clone();
    codebook.codebook().space().mapQuery(mapped);
    QueryCode query = new QueryCode(codebook.codebook().quantizer(), mapped);
    float scale = first == null ? 1 : first.scaleOf(codebook.codebook());
    // With a visit limit, visits are accepted vectors, each looked up; otherwise all vectors of the
    // lists are, and the accepted ones are estimated.
    boolean countsAll = collector.visitLimit() < Integer.MAX_VALUE;
    CodebookScanner scanner = new CodebookScanner(group, query, firstIndex, scale, countsAll);
    return new CodebookProbe(codebook, query, scanner, settings, scale);
  }
}

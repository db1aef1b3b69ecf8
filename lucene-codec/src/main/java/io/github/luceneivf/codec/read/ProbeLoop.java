// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.probe.ProbeReport;
import java.io.IOException;
import java.util.List;
import org.apache.lucene.search.KnnCollector;

/**
 * One search of the posting lists of all segments.
 *
 * <ol>
 *   <li>Lists are ranked and taken best first, each in all segments that have vectors in it. Those
 *       of several codebooks are ranked together, by distance. The budget is in vectors: the sum,
 *       over codebooks, of what the calibration wants probed; a list counts as many as its
 *       codebook's lists have on average, so that a query among crowded lists gets no fewer of
 *       them. With one codebook that is {@code nprobe} lists.
 *   <li>While a filter makes neighbours rare among what was scanned, probing goes on: where a share
 *       p of it is accepted, the k nearest accepted vectors lie as far as the k/p nearest of all,
 *       and that many lists are probed. So a filter that matches elsewhere is followed until its
 *       matches are found, and k hits are found wherever k exist.
 *   <li>The nearest candidates by approximate distance are reranked exactly.
 *   <li>While the last of the reranked candidates still compete, more are reranked, and then more
 *       lists are probed. For a top-k collector this repairs the rare query on which codes mislead;
 *       a range collector thus gets everything near its threshold.
 *   <li>Where the hits took more vectors than k, lists and candidates for so many are added: ADR
 *       17.
 * </ol>
 *
 * <p>Not thread-safe; one per search.
 */
final class ProbeLoop {

  /** How many times as many candidates are kept where those kept did not suffice: ADR 4. */
  private static final int MORE = 4;

  /** Candidates reranked at a time once the first ones did not suffice, at least. */
  private static final int MIN_BATCH = 8;

  /**
   * Lists of one of several codebooks that are ranked at first, for each one that its calibration
   * wants, and besides: how many the others leave to it is not known before.
   */
  private static final int AHEAD = 2;

  /**
   * What is ranked besides, however little a calibration wants. No measurement of it is kept;
   * {@code TestManySegments} holds how often centroids are ranked.
   */
  private static final int MORE_AHEAD = 16;

  /** Lists to rank at once where some vectors are not accepted, in multiples of those expected. */
  private static final double SPARE_RANKS = 1.1;

  /** A longer ranking costs more than a second one, which few of those searches need. */
  private static final double MOST_RANKED_AHEAD = 3;

  /**
   * Share of a list to be wanted before another is probed for what is not accepted: otherwise a
   * single deleted document would cost a list.
   */
  private static final double WORTH_MORE = 0.5;

  /** Vectors that hits take, in multiples of k, from which on they are taken for a crowd. */
  private static final int CROWD = 2;

  /** Lists probed in a crowd, in multiples of those probed before, until they bring nothing. */
  private static final int WIDER = 2;

  private final CodebookGroup[] groups;
  private final CandidateScan scan;
  private final int depth;
  private final KnnCollector collector;
  private final Reranker reranker;
  private final double[] weights;
  private final double budget;
  private final ProbeSettings widest;
  private final int vectors;
  private final boolean restricted;
  private final double rankAhead;
  private double spent;

  /** Vectors that the settings were made for. */
  private int needed;

  /**
   * Prepares a search.
   *
   * @param groups at least one, shared
   * @param scan of their segments
   * @param depth candidates to rerank at first
   */
  ProbeLoop(CodebookGroup[] groups, CandidateScan scan, int depth, KnnCollector collector)
      throws IOException {
    this.groups = groups;
    this.scan = scan;
    this.depth = depth;
    this.collector = collector;
    this.reranker = new Reranker(scan, collector);
    this.weights = new double[groups.length];
    CodebookGroup largest = groups[0];
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      CodebookGroup group = groups[i];
      weights[i] = group.vectorsPerList() / groups[0].vectorsPerList();
      sum += weights[i] * group.settings().nprobe();
      largest = group.vectors() > largest.vectors() ? group : largest;
    }
    this.budget = sum;
    this.widest = largest.settings();
    this.needed = widest.k();
    this.vectors = scan.most();
    this.restricted = isRestricted(scan.leaves());
    this.rankAhead = restricted ? rankAhead() : 1;
  }

  private static boolean isRestricted(List<SearchedLeaf> leaves) {
    for (SearchedLeaf leaf : leaves) {
      if (leaf.acceptOrds() != null) {
        return true;
      }
    }
    return false;
  }

  /** How much farther to rank at once, so that it need not be done again for what is accepted. */
  private double rankAhead() throws IOException {
    double matches = 0;
    for (SearchedLeaf leaf : scan.leaves()) {
      matches += leaf.matches();
    }
    double wider = SPARE_RANKS * widest.widening(Math.min(1, matches / Math.max(1, vectors)));
    return Math.min(wider, MOST_RANKED_AHEAD);
  }

  ProbeReport run() throws IOException {
    probe(budget);
    int done = 0;
    int wanted = depth;
    int tail = Math.max(1, wanted / 4);
    while (true) {
      int size = scan.candidates().finish();
      int to = Math.min(wanted, size);
      if (!competes(done, Math.max(done, to - tail), to)) {
        wanted = deepened();
        if (wanted == 0) {
          return report();
        }
        done = 0;
        tail = Math.max(MIN_BATCH, wanted / 4);
        continue;
      }
      done = to;
      tail = Math.max(MIN_BATCH, done / 4);
      wanted = done + tail;
      if (done < size) {
        continue;
      }
      boolean wider = !scan.candidates().dropped();
      if (wider && isExhausted()) {
        return report();
      }
      scan.rescan(wider ? 1 : MORE);
      if (wider) {
        probe(2 * spent);
        reranker.passOverScored();
        done = 0;
      } else {
        scan.candidates().finish();
        scan.candidates().select(0, done);
      }
    }
  }

  /**
   * Goes on where the hits took more vectors than k, as those of a collector do that takes one
   * child of each parent: probes as many lists as are wanted for so many vectors. Where they took
   * far more, the calibration, which knows such a crowd as the neighbours of its members, cannot
   * tell what lies around it: then twice as many lists are probed, until that brings nothing.
   *
   * @return candidates to rerank, from the first; 0 if nothing is left to do
   */
  private int deepened() throws IOException {
    float least = collector.minCompetitiveSimilarity();
    int needs = reranker.countFrom(least);
    float latest = reranker.takeBestCollected();
    boolean better = latest >= least && latest > Float.NEGATIVE_INFINITY;
    boolean goOn = better && needs >= (long) CROWD * widest.k();
    if (collector.earlyTerminated() || (needs <= needed && !goOn)) {
      return 0;
    }
    needed = (int) Math.max(needed, Math.min(needs, 2L * needed));
    int wanted = (int) Math.min(Math.ceil(widest.depth(needed)), vectors);
    if (wanted > scan.keep()) {
      scan.rescan(Math.ceilDiv(wanted, scan.keep()));
    }
    double wider = budget * widest.widening((double) widest.k() / needed);
    wider = goOn ? Math.max(wider, WIDER * spent) : wider;
    if (wider - spent >= WORTH_MORE) {
      probe(wider);
    }
    reranker.passOverScored();
    return wanted;
  }

  private ProbeReport report() {
    ProbeReport report = new ProbeReport(0, 0, 0, scan.vectors(), reranker.scored());
    for (CodebookGroup group : groups) {
      report = report.plus(group.report());
    }
    return report;
  }

  /**
   * Reranks candidates [from, to).
   *
   * @return whether those from {@code tail} on, farther than the others, may still change the hits
   */
  private boolean competes(int from, int tail, int to) throws IOException {
    if (from < tail) {
      scan.candidates().select(from, tail);
      reranker.rerank(from, tail);
    }
    float best = Float.NEGATIVE_INFINITY;
    if (tail < to) {
      scan.candidates().select(tail, to);
      best = reranker.rerank(tail, to);
    }
    float least = collector.minCompetitiveSimilarity();
    return !collector.earlyTerminated() && (best > least || least == Float.NEGATIVE_INFINITY);
  }

  private boolean isExhausted() {
    for (CodebookGroup group : groups) {
      if (group.hasNext()) {
        return false;
      }
    }
    return true;
  }

  private void probe(double atLeast) throws IOException {
    for (double wanted = atLeast; spent < wanted; wanted = wanted(atLeast)) {
      int nearest = nearest(wanted);
      if (nearest < 0) {
        return;
      }
      while (nearest >= 0 && spent < wanted) {
        groups[nearest].take();
        spent += weights[nearest];
        nearest = spent < wanted ? nearest(wanted) : -1;
      }
      for (CodebookGroup group : groups) {
        group.scanTaken();
      }
      scan.flush();
      if (collector.earlyTerminated()) {
        return;
      }
      for (CodebookGroup group : groups) {
        group.join();
      }
    }
  }

  private double wanted(double atLeast) {
    double wanted = restricted ? atLeast * widest.widening(scan.acceptedShare()) : atLeast;
    if (wanted - spent < WORTH_MORE) {
      wanted = spent;
    }
    if (wanted <= spent && scan.candidates().size() < Math.min(collector.k(), vectors)) {
      wanted = Math.nextUp(spent);
    }
    return wanted;
  }

  /** Returns the group whose next list is the nearest; −1 if none has one. */
  private int nearest(double wanted) throws IOException {
    int nearest = -1;
    float least = Float.NaN;
    for (int i = 0; i < groups.length; i++) {
      if (!groups[i].hasNext()) {
        continue;
      }
      float key = groups[i].nextKey(lists(i, wanted));
      if (!(key >= least)) {
        least = key;
        nearest = i;
      }
    }
    return nearest;
  }

  /** How many lists of a group may be wanted, if it has so many, where {@code wanted} is spent. */
  private int lists(int group, double wanted) {
    double all = Math.ceil(rankAhead * wanted / weights[group]);
    if (groups.length > 1) {
      double ahead = AHEAD * groups[group].settings().nprobe() + MORE_AHEAD;
      all = Math.min(all, Math.ceil(ahead * wanted / budget));
    }
    return (int) all;
  }
}

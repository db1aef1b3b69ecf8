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
 *       over codebooks, of what the calibration wants probed for a query as remote as this one; a
 *       list counts as many as its codebook's lists have on average, so that a query among crowded
 *       lists gets no fewer of them. With one codebook that is {@code nprobe} lists.
 *   <li>The nearest candidates by approximate distance are reranked exactly, and more of them while
 *       the last ones still compete: this repairs the rare query on which codes mislead.
 *   <li>Now it is known how far hits lie. Where more vectors than k are as near, because some are
 *       not accepted, because the collector wants one of each group of documents, or all above a
 *       threshold, that many nearest vectors are to be found, and lists are probed for so many. So
 *       a filter that matches elsewhere is followed until its matches are found, and k hits are
 *       found wherever k exist.
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
   * How many times as many vectors more are to be found where none of the nearest is a hit. A
   * calibration tells of the k nearest on average; hits that lie behind them lie in farther lists.
   */
  private static final double RIM = 6;

  /**
   * Share of vectors more that are to be found where hardly any is accepted: how many are, is known
   * of one distance in eight only, and differs by where they lie.
   */
  private static final double UNEVEN = 0.4;

  private final CodebookGroup[] groups;
  private final CandidateScan scan;
  private final KnnCollector collector;
  private final Reranker reranker;
  private final ProbeBudget budget;
  private final int k;
  private final int vectors;
  private final boolean restricted;
  private final double crowded;
  private final double mayBeHidden;
  private int depth;
  private double nearest;
  private boolean lookedAround;
  private int reranked;

  /**
   * Prepares a search.
   *
   * @param groups at least one, shared, with settings
   * @param scan of their segments
   * @param distances of scores in the space of the first group
   * @param depth candidates to rerank at first
   */
  ProbeLoop(
      CodebookGroup[] groups,
      CandidateScan scan,
      ScoreDistance distances,
      int depth,
      KnnCollector collector) {
    this.groups = groups;
    this.scan = scan;
    this.depth = depth;
    this.collector = collector;
    this.reranker = new Reranker(scan, distances, collector);
    this.budget = new ProbeBudget(groups);
    this.k = groups[0].settings().k();
    this.vectors = scan.most();
    this.restricted = isRestricted(scan.leaves());
    this.crowded = groups[0].settings().crowded();
    this.mayBeHidden = groups[0].settings().mayBeHidden();
    this.nearest = k;
  }

  private static boolean isRestricted(List<SearchedLeaf> leaves) {
    for (SearchedLeaf leaf : leaves) {
      if (leaf.acceptOrds() != null) {
        return true;
      }
    }
    return false;
  }

  ProbeReport run() throws IOException {
    search();
    if (!collector.earlyTerminated()) {
      for (CodebookGroup group : groups) {
        group.join();
      }
    }
    return budget.report(nearest, scan.vectors(), reranker.scored(), collector.earlyTerminated());
  }

  private void search() throws IOException {
    double wanted = budget.lists(k);
    probe(wanted);
    while (true) {
      boolean competes = rerank();
      if (collector.earlyTerminated()) {
        return;
      }
      if (probeCrowd(wanted) || probeAround()) {
        continue;
      }
      int planned = depth;
      if (learn()) {
        wanted = budget.lists(nearest);
      }
      int size = scan.candidates().size();
      boolean deeper = depth > planned && reranked < size;
      if (competes) { // the nearest of the next round are those of this one
        depth = Math.min(Math.max(depth, reranked + batch(reranked)), scan.entries());
      }
      if (reranked == size && scan.candidates().dropped() && (competes || depth > size)) {
        scan.rescan(Math.max(MORE, Math.ceilDiv(depth, size)));
        continue;
      }
      double most = competes ? Math.max(wanted, 2 * budget.spent()) : wanted;
      boolean wider = budget.isWorthMore(most);
      if (wider && depth > size && scan.candidates().dropped()) { // now, while lists are few
        scan.rescan(2 * Math.max(MORE, Math.ceilDiv(depth, size)));
        probe(most);
        continue;
      }
      if (!wider && !deeper) {
        return;
      }
      if (wider) {
        probe(most);
      }
    }
  }

  /**
   * Reranks as many candidates as planned, and more while the last ones compete.
   *
   * @return whether they still do, when all there are were reranked
   */
  private boolean rerank() throws IOException {
    int size = scan.candidates().finish();
    int done = 0;
    int wanted = depth;
    int tail = Math.max(1, wanted / 4);
    while (true) {
      int to = Math.min(wanted, size);
      boolean competes = competes(done, Math.max(done, to - tail), to);
      reranked = to;
      if (!competes) {
        return rerankConfused();
      }
      if (to == size) {
        return true;
      }
      done = to;
      tail = batch(done);
      wanted = done + tail;
    }
  }

  /**
   * Reranks the other candidates that may be hits by the errors of codes that this search has seen.
   * Where not all vectors are accepted, {@link #learn} says how many that are.
   *
   * @return whether there may be more of them than were kept
   */
  private boolean rerankConfused() throws IOException {
    if (restricted || mayBeHidden == 0) {
      return false;
    }
    boolean competes = false;
    for (int to = confused(); reranked < to; to = confused()) { // of more vectors more is known
      competes = competes(reranked, to - Math.ceilDiv(to - reranked, 4), to);
      reranked = to;
    }
    depth = Math.max(depth, reranked);
    CandidateQueue candidates = scan.candidates();
    boolean mayFollow = candidates.threshold() < reranker.bound(mayBeHidden);
    return reranked == candidates.size() && (competes || mayFollow);
  }

  /** Moves candidates that may be hits behind those reranked; returns where they end. */
  private int confused() {
    return scan.candidates().separate(reranked, reranker.bound(mayBeHidden));
  }

  /** Candidates reranked at a time after so many. */
  private static int batch(int done) {
    return Math.max(MIN_BATCH, done / 4);
  }

  /**
   * Reranks candidates [from, to).
   *
   * @return whether those from {@code tail} on, farther than the others, may still change the hits.
   *     Equal scores may: behind many copies of one vector nearer ones can follow; and so may any,
   *     while the collector has not as many hits as it wants
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
    return !collector.earlyTerminated() && best >= collector.minCompetitiveSimilarity();
  }

  /**
   * Learns how many vectors, hits or not, lie as near as the hits, and how many candidates are to
   * be reranked for it: those that may be hits by the errors of codes that this search has seen.
   * Where matches begin in the midst of a crowd, it is not known how many these are. There codes
   * confuse the hits with as many others as they would if all were hits, but only those that are
   * accepted are candidates.
   *
   * @return whether there are more than was known
   */
  private boolean learn() {
    double before = nearest;
    int hits = Math.max(k, reranker.atLeast(collector.minCompetitiveSimilarity()));
    if (!restricted) {
      if (hits > nearest) {
        nearest = hits;
        depth = Math.max(depth, budget.depth(hits));
      }
      return nearest > before;
    }
    double bound = mayBeHidden > 0 ? reranker.bound(mayBeHidden) : Double.NaN;
    int within = scan.candidates().nearer(bound);
    double share = Math.max(scan.acceptedShare(), 1.0 / vectors);
    double as = hits / share;
    double nearer = hits <= reranked ? scan.nearer(hits) : 0;
    if (nearer > as) {
      as = nearer * (1 + RIM * (1 - as / nearer));
    }
    as *= 1 + UNEVEN * Math.sqrt(1 - share);
    nearest = Math.clamp(as, nearest, Math.max(nearest, vectors));
    double confused = budget.depth((int) nearest) - nearest;
    boolean allAreKept = within < scan.candidates().size() || !scan.candidates().dropped();
    double apart = allAreKept && !Double.isNaN(bound) ? within : scan.entries();
    depth = (int) Math.clamp(Math.min(hits + share * confused, apart), depth, scan.entries());
    return nearest > before;
  }

  private void probe(double atLeast) throws IOException {
    for (double wanted = atLeast; budget.spent() < wanted; wanted = wanted(atLeast)) {
      if (!budget.take(wanted)) {
        return;
      }
      scanTaken();
      if (collector.earlyTerminated()) {
        return;
      }
    }
  }

  /**
   * Probes the next lists while vectors of them may be nearer than the worst hit though their
   * residuals have no direction: where copies of few vectors fill several lists each, what is
   * nearest may be in any of them.
   *
   * @param wanted lists by calibration
   * @return whether there were any
   */
  private boolean probeCrowd(double wanted) throws IOException {
    double farthest = reranker.farthest();
    if (restricted || crowded <= 1 || !(farthest < Double.MAX_VALUE)) {
      return false;
    }
    double before = budget.spent();
    while (budget.spent() < crowded * wanted && budget.nextReaches(farthest)) {
      budget.take(Math.nextUp(budget.spent()));
    }
    if (budget.spent() == before) {
      return false;
    }
    scanTaken();
    return true;
  }

  /**
   * Probes, once, the lists around the best hit if it lies far from its centroid. Where the
   * training saw nothing like it, vectors that are almost the same lie in different lists, which
   * are near to them, but not in the order of the query's distances.
   *
   * @return whether there were any
   */
  private boolean probeAround() throws IOException {
    Reranker.Best best = reranker.best();
    if (best == null || lookedAround || crowded <= 1 || budget.isExhausted()) {
      return false;
    }
    lookedAround = true;
    int list = scan.list(best.slot());
    for (CodebookGroup group : groups) {
      if (group.has(best.leaf())
          && group.isStrange(best, list)
          && budget.takeAround(best.vector())) {
        scanTaken();
        return true;
      }
    }
    return false;
  }

  private void scanTaken() throws IOException {
    for (CodebookGroup group : groups) {
      group.scanTaken();
    }
    scan.flush();
  }

  private double wanted(double atLeast) throws IOException {
    double wanted = atLeast;
    if (restricted) {
      wanted = Math.max(wanted, budget.lists(Math.min(k / scan.acceptedShare(), vectors)));
    }
    if (!budget.isWorthMore(wanted)) {
      wanted = budget.spent();
    }
    if (wanted <= budget.spent() && scan.candidates().size() < Math.min(collector.k(), vectors)) {
      wanted = Math.nextUp(budget.spent());
    }
    return wanted;
  }
}

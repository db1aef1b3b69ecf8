// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.probe.ProbeReport;
import java.io.IOException;
import java.util.ArrayList;
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
 * </ol>
 *
 * <p>Not thread-safe; one per search.
 */
final class Probing {

  /** Candidates kept for each one that is reranked at first. */
  private static final int SPARE = 2;

  /** Candidates reranked at a time once the first ones did not suffice, at least. */
  private static final int MIN_BATCH = 8;

  /**
   * Lists of one of several codebooks that are ranked at first, for each one that its calibration
   * wants, and besides: how many the others leave to it is not known before.
   */
  private static final int AHEAD = 2;

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

  private final CodebookProbe[] codebooks;
  private final double[] weights;
  private final double budget;
  private final ProbeSettings widest;
  private final boolean restricted;
  private final double rankAhead;
  private final int depth;
  private final int vectors;
  private final KnnCollector collector;
  private final ScanLog log = new ScanLog();
  private final Reranker reranker;
  private double spent;

  /**
   * Prepares a search.
   *
   * @param codebooks at least one, in the order of their segments' numbers, shared
   * @param depth candidates to rerank at first
   * @param vectors in all segments
   */
  Probing(CodebookProbe[] codebooks, int depth, int vectors, KnnCollector collector)
      throws IOException {
    this.codebooks = codebooks;
    this.depth = depth;
    this.vectors = vectors;
    this.collector = collector;
    this.weights = new double[codebooks.length];
    CodebookProbe largest = codebooks[0];
    double sum = 0;
    List<SearchedLeaf> leaves = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      CodebookProbe codebook = codebooks[i];
      weights[i] = weight(codebook) / weight(codebooks[0]);
      sum += weights[i] * codebook.settings().nprobe();
      largest = codebook.vectors() > largest.vectors() ? codebook : largest;
      leaves.addAll(codebook.scanner().leaves());
    }
    this.budget = sum;
    this.widest = largest.settings();
    SearchedLeaf[] searched = leaves.toArray(SearchedLeaf[]::new);
    this.restricted = isRestricted(searched);
    this.rankAhead = restricted ? rankAhead(searched) : 1;
    this.reranker = new Reranker(searched, log, collector);
  }

  private static boolean isRestricted(SearchedLeaf[] leaves) {
    for (SearchedLeaf leaf : leaves) {
      if (leaf.acceptOrds() != null) {
        return true;
      }
    }
    return false;
  }

  /** How much farther to rank at once, so that it need not be done again for what is accepted. */
  private double rankAhead(SearchedLeaf[] searched) throws IOException {
    double matches = 0;
    for (SearchedLeaf leaf : searched) {
      matches += leaf.matches();
    }
    double wider = SPARE_RANKS * widest.widening(Math.min(1, matches / Math.max(1, vectors)));
    return Math.min(wider, MOST_RANKED_AHEAD);
  }

  /** Vectors in a list, on average; 1 where there are none at all. */
  private static double weight(CodebookProbe codebook) {
    return (double) Math.max(codebook.vectors(), 1) / codebook.nlist();
  }

  ProbeReport run() throws IOException {
    int keep = (int) Math.min((long) SPARE * depth, vectors);
    CandidateQueue candidates = new CandidateQueue(keep, vectors);
    probe(budget, candidates);
    int done = 0;
    int wanted = depth;
    int tail = Math.max(1, wanted / 4);
    while (true) {
      int size = candidates.finish();
      int to = Math.min(wanted, size);
      if (!competes(candidates, done, Math.max(done, to - tail), to)) {
        return report();
      }
      done = to;
      tail = Math.max(MIN_BATCH, done / 4);
      wanted = done + tail;
      if (done < size) {
        continue;
      }
      boolean wider = !candidates.dropped();
      if (!wider) {
        keep = (int) Math.min(4L * keep, vectors);
      } else if (isExhausted()) {
        return report();
      }
      candidates = new CandidateQueue(keep, vectors);
      log.rescan(candidates);
      if (wider) {
        probe(2 * spent, candidates);
      }
      candidates.finish();
      candidates.select(0, done);
    }
  }

  private ProbeReport report() {
    int ranked = 0;
    int rankings = 0;
    int lists = 0;
    for (CodebookProbe codebook : codebooks) {
      if (codebook.nlist() > 1) {
        ranked++;
        rankings += codebook.rankings();
        lists += codebook.taken();
      }
    }
    return new ProbeReport(ranked, rankings, lists, log.vectors(), reranker.scored());
  }

  /**
   * Reranks candidates [from, to).
   *
   * @return whether those from {@code tail} on, farther than the others, may still change the hits
   */
  private boolean competes(CandidateQueue candidates, int from, int tail, int to)
      throws IOException {
    if (from < tail) {
      candidates.select(from, tail);
      reranker.rerank(candidates, from, tail);
    }
    float best = Float.NEGATIVE_INFINITY;
    if (tail < to) {
      candidates.select(tail, to);
      best = reranker.rerank(candidates, tail, to);
    }
    return !collector.earlyTerminated() && best > collector.minCompetitiveSimilarity();
  }

  private boolean isExhausted() {
    for (CodebookProbe codebook : codebooks) {
      if (codebook.hasNext()) {
        return false;
      }
    }
    return true;
  }

  private void probe(double atLeast, CandidateQueue candidates) throws IOException {
    for (double wanted = atLeast; spent < wanted; wanted = wanted(atLeast, candidates)) {
      int nearest = nearest(wanted);
      if (nearest < 0) {
        return;
      }
      while (nearest >= 0 && spent < wanted) {
        codebooks[nearest].take();
        spent += weights[nearest];
        nearest = spent < wanted ? nearest(wanted) : -1;
      }
      for (CodebookProbe codebook : codebooks) {
        codebook.scanTaken(log, candidates, collector);
      }
      log.finish(candidates);
      if (collector.earlyTerminated()) {
        return;
      }
      for (CodebookProbe codebook : codebooks) {
        codebook.scanner().join();
      }
    }
  }

  private double wanted(double atLeast, CandidateQueue candidates) {
    double wanted = restricted ? atLeast * widest.widening(acceptedShare()) : atLeast;
    if (wanted - spent < WORTH_MORE) {
      wanted = spent;
    }
    if (wanted <= spent && candidates.size() < Math.min(collector.k(), vectors)) {
      wanted = Math.nextUp(spent);
    }
    return wanted;
  }

  /** The share of accepted vectors among those scanned so far, at most 1. */
  private double acceptedShare() {
    double accepted = 0;
    for (CodebookProbe codebook : codebooks) {
      accepted += codebook.scanner().accepted();
    }
    return log.vectors() == 0 ? 1 : Math.min(accepted / log.vectors(), 1);
  }

  /** Returns the codebook whose next list is the nearest; −1 if none has one. */
  private int nearest(double wanted) throws IOException {
    int nearest = -1;
    float least = Float.NaN;
    for (int i = 0; i < codebooks.length; i++) {
      CodebookProbe codebook = codebooks[i];
      if (!codebook.hasNext()) {
        continue;
      }
      codebook.rank(lists(i, wanted));
      float key = codebook.nextKey();
      if (!(key >= least)) {
        least = key;
        nearest = i;
      }
    }
    return nearest;
  }

  /** How many lists of a codebook may be wanted where {@code wanted} is to be spent. */
  private int lists(int codebook, double wanted) {
    double all = Math.ceil(rankAhead * wanted / weights[codebook]);
    if (codebooks.length > 1) {
      double ahead = AHEAD * codebooks[codebook].settings().nprobe() + MORE_AHEAD;
      all = Math.min(all, Math.ceil(ahead * wanted / budget));
    }
    return (int) Math.min(all, codebooks[codebook].nlist());
  }
}

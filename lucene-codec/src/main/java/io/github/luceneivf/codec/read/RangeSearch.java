// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.probe.ProbeReport;
import java.io.IOException;
import org.apache.lucene.search.KnnCollector;
import org.jspecify.annotations.Nullable;

/**
 * One search of the posting lists of all segments for every vector of a score or more.
 *
 * <ol>
 *   <li>Lists are taken best first, as for the nearest vectors, and window by window: a few, then
 *       as many as hold the k nearest by calibration, k being the vectors found so far, then a
 *       quarter more each time, while {@link RangeTail} expects more in the others than may be
 *       missed.
 *   <li>Of a window, all vectors are reranked whose approximate distance is below that of the least
 *       score wanted, and a margin. The margin is learned from the search itself: from vectors of
 *       the first lists, whatever their distance, and later from those found.
 *   <li>Where the least score is not known, vectors of the first lists are reranked nearest first
 *       until half of some are refused. From then on the greatest score refused stands for it.
 * </ol>
 *
 * <p>Not thread-safe; one per search.
 */
final class RangeSearch {

  /** Lists of the first window. */
  private static final int FIRST_LISTS = 4;

  /** Vectors that are reranked at first to learn the least score wanted. */
  private static final int FIRST_BATCH = 32;

  /** Vectors that are looked for at least: a range of one may be that of a query unlike others. */
  private static final int LEAST_NEAREST = 10;

  /** Share of the lists that the calibration wants that is one window, the last ones another. */
  private static final double MOST_OF_BUDGET = 0.8;

  /** How much more is scanned with each window after those that the calibration wants. */
  private static final double FURTHER = 1.25;

  /** The same while it is not known what to leave out, so that all of a window is reranked. */
  private static final double FURTHER_BLINDLY = 2;

  /** Share of the loss that the target allows that lists not scanned may cost. */
  private static final double LISTS_LOSS = 0.5;

  /** The same of what codes hide in the lists scanned. */
  private static final double CODES_LOSS = 0.1;

  /**
   * Vectors whose codes are compared in half the time in which one is reranked (ADR 7). Where no
   * more are left for each one reranked, all lists are scanned.
   */
  private static final int SCANNED_PER_RERANKED = 25;

  private final CodebookGroup[] groups;
  private final CandidateScan scan;
  private final WantedRange range;
  private final KnnCollector collector;
  private final ProbeBudget budget;
  private final RangeReranker reranker;
  private final double mayBeMissed;
  private final boolean listsAreAsked;
  private final RangeTail tail;

  private int found;
  private double acceptedShare = 1;

  /**
   * Prepares a search.
   *
   * @param groups at least one, ranked, shared
   * @param scan of their segments, growing
   * @param range that is wanted
   * @param distances of scores in the space of the first group
   */
  RangeSearch(
      CodebookGroup[] groups, CandidateScan scan, WantedRange range, ScoreDistance distances) {
    this.groups = groups;
    this.scan = scan;
    this.range = range;
    this.collector = range.collector();
    this.budget = new ProbeBudget(groups);
    this.tail = new RangeTail(budget.all());
    ProbeSettings settings = groups[0].settings();
    double target = settings.strategy().recall().orElse(settings.meta().targetRecall());
    this.mayBeMissed = 1 - target;
    this.listsAreAsked = settings.strategy().nprobe().isPresent();
    this.reranker = new RangeReranker(scan, range, distances, CODES_LOSS * mayBeMissed);
  }

  /** Searches; returns null, with nothing collected, if most of all vectors are wanted. */
  @Nullable ProbeReport run() throws IOException {
    double wanted = Math.min(FIRST_LISTS, calibrated());
    while (budget.spent() < wanted) {
      double before = budget.spent();
      long vectors = scan.vectors();
      double accepted = scan.accepted();
      if (!budget.take(wanted)) {
        break;
      }
      scanTaken();
      if (before == 0 && range.isKnown() && reranker.mostAreWanted()) {
        return null;
      }
      acceptedShare =
          Math.min(1, (scan.accepted() - accepted + 1) / (scan.vectors() - vectors + 1));
      tail.add(budget.spent() - before, rerank());
      if (collector.earlyTerminated()) {
        break;
      }
      wanted = wanted();
    }
    for (CodebookGroup group : groups) {
      group.join();
    }
    return budget.report(nearest(), scan.vectors(), reranker.scored(), collector.earlyTerminated());
  }

  /** Vectors as near as the threshold, as far as they are known, accepted or not. */
  private double nearest() {
    return Math.max(LEAST_NEAREST, tail.found());
  }

  /** Lists that hold so many by calibration. */
  private double calibrated() {
    return Math.min(budget.all(), budget.lists(Math.min(nearest(), scan.most())));
  }

  private void scanTaken() throws IOException {
    reranker.startWindow(groups[0].keysAreDistances() ? budget.farthestKey() : Float.NaN);
    float wanted = range.isSettled() ? (float) reranker.threshold() : Float.NaN;
    scan.keepWithin(reranker.bound(), wanted);
    for (CodebookGroup group : groups) {
      group.scanTaken();
    }
    scan.flush();
  }

  /** Reranks a window; returns how many of its vectors are in the range, accepted or not. */
  private double rerank() throws IOException {
    CandidateQueue candidates = scan.candidates();
    int size = candidates.size();
    reranker.sample();
    int done = 0;
    int wanted = 0;
    for (int batch = FIRST_BATCH; !range.isSettled() && done < size; batch *= 2) {
      int to = Math.min(size, done + batch);
      candidates.select(done, to);
      int more = reranker.rerank(done, to);
      if (2 * more <= to - done) {
        range.settle();
      }
      wanted += more;
      done = to;
    }
    float bound = reranker.bound();
    int to = Float.isNaN(bound) ? size : candidates.separate(done, bound);
    wanted += reranker.rerank(done, to);
    found += wanted;
    return wanted + scan.refused();
  }

  /** How many lists to spend in all. */
  private double wanted() throws IOException {
    double spent = budget.spent();
    double calibrated = calibrated();
    double wanted = spent;
    if (spent < MOST_OF_BUDGET * calibrated) {
      wanted = MOST_OF_BUDGET * calibrated;
    } else if (budget.isWorthMore(calibrated)) {
      wanted = calibrated;
    } else if (!listsAreAsked && missing() > LISTS_LOSS * mayBeMissed * found) {
      long left = scan.entries() - scan.vectors();
      boolean fewAreLeft = left < SCANNED_PER_RERANKED * reranker.scored();
      wanted = fewAreLeft ? budget.all() : FURTHER * spent + 1;
    }
    return Float.isNaN(reranker.bound()) ? Math.min(wanted, FURTHER_BLINDLY * spent) : wanted;
  }

  private double missing() {
    return acceptedShare * tail.missing();
  }
}

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
  private final RangeReranker reranker;
  private final ProbeSettings settings;
  private final double[] weights;
  private final double mayBeMissed;
  private final double budget;
  private final double lists;
  private final boolean listsAreAsked;
  private final RangeTail tail;

  private double spent;
  private float farthestKey;
  private boolean learned;
  private int found;
  private double acceptedShare = 1;

  /**
   * Prepares a search.
   *
   * @param groups at least one, shared
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
    this.learned = range.isKnown();
    this.weights = new double[groups.length];
    CodebookGroup largest = groups[0];
    double wanted = 0;
    double most = 0;
    for (int i = 0; i < weights.length; i++) {
      CodebookGroup group = groups[i];
      weights[i] = group.vectorsPerList() / groups[0].vectorsPerList();
      wanted += weights[i] * group.settings().nprobe();
      most += weights[i] * group.settings().meta().nlist();
      largest = group.vectors() > largest.vectors() ? group : largest;
    }
    this.budget = wanted;
    this.lists = most;
    this.settings = largest.settings();
    this.mayBeMissed = 1 - settings.meta().targetRecall();
    this.reranker = new RangeReranker(scan, range, distances, CODES_LOSS * mayBeMissed);
    this.listsAreAsked =
        ProbeSettings.strategy(collector.getSearchStrategy()).nprobe().isPresent();
    this.tail = new RangeTail(most);
  }

  /** Searches; returns null, with nothing collected, if most of all vectors are wanted. */
  @Nullable ProbeReport run() throws IOException {
    double wanted = Math.min(FIRST_LISTS, budget);
    while (spent < wanted) {
      double before = spent;
      long vectors = scan.vectors();
      double accepted = scan.accepted();
      take(wanted);
      if (spent == before) {
        break;
      }
      scanTaken();
      if (before == 0 && range.isKnown() && reranker.mostAreWanted()) {
        return null;
      }
      acceptedShare =
          Math.min(1, (scan.accepted() - accepted + 1) / (scan.vectors() - vectors + 1));
      tail.add(spent - before, rerank());
      if (collector.earlyTerminated()) {
        break;
      }
      wanted = wanted();
    }
    ProbeReport report = new ProbeReport(0, 0, 0, scan.vectors(), reranker.scored());
    for (CodebookGroup group : groups) {
      group.join();
      report = report.plus(group.report());
    }
    return report;
  }

  /** Takes lists until so many are spent, or none is left. */
  private void take(double wanted) throws IOException {
    int nearest = nearest(wanted);
    while (nearest >= 0 && spent < wanted) {
      groups[nearest].take();
      spent += weights[nearest];
      nearest = spent < wanted ? nearest(wanted) : -1;
    }
  }

  /** Returns the group whose next list is the nearest; −1 if none has one. */
  private int nearest(double wanted) throws IOException {
    int nearest = -1;
    float least = Float.NaN;
    for (int i = 0; i < groups.length; i++) {
      if (groups[i].hasNext()) {
        float key = groups[i].nextKey((int) Math.ceil(wanted / weights[i]));
        if (!(key >= least)) {
          least = key;
          nearest = i;
        }
      }
    }
    farthestKey = nearest >= 0 ? least : farthestKey;
    return nearest;
  }

  private void scanTaken() throws IOException {
    reranker.startWindow(groups[0].keysAreDistances() ? farthestKey : Float.NaN);
    if (learned) {
      scan.keepWithin(reranker.bound(), (float) reranker.threshold());
    } else {
      scan.keepWithin(Float.NaN, Float.NaN);
    }
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
    for (int batch = FIRST_BATCH; !learned && done < size; batch *= 2) {
      int to = Math.min(size, done + batch);
      candidates.select(done, to);
      int more = reranker.rerank(done, to);
      learned = 2 * more <= to - done;
      wanted += more;
      done = to;
    }
    if (learned) {
      int to = candidates.separate(done, reranker.bound());
      wanted += reranker.rerank(done, to);
    }
    found += wanted;
    return wanted + scan.refused();
  }

  /** How many lists to spend in all. */
  private double wanted() {
    if (listsAreAsked) {
      return budget;
    }
    double calibrated = budget;
    if (tail.found() > settings.k()) {
      calibrated = Math.min(lists, budget * settings.widening(settings.k() / tail.found()));
    }
    double wanted = spent;
    if (spent < MOST_OF_BUDGET * calibrated) {
      wanted = MOST_OF_BUDGET * calibrated;
    } else if (spent < calibrated) {
      wanted = calibrated;
    } else if (acceptedShare * tail.missing() > LISTS_LOSS * mayBeMissed * found) {
      long left = scan.most() - scan.vectors();
      wanted = left < SCANNED_PER_RERANKED * reranker.scored() ? lists : FURTHER * spent;
    }
    boolean blind = !learned || Float.isNaN(reranker.bound());
    return blind ? Math.min(wanted, FURTHER_BLINDLY * spent) : wanted;
  }
}

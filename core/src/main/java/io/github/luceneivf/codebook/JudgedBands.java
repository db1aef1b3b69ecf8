// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.calibration.Calibration.Band;
import io.github.luceneivf.calibration.Calibration.Curve;
import io.github.luceneivf.calibration.HarderCurves;
import io.github.luceneivf.calibration.RankHistogram;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * Makes the bands of a calibration: questions in the order of their remoteness, cut into windows. A
 * window overlaps its neighbours by half, so that more questions speak for it, but for the last
 * one, whose questions are the hardest. Confined to one training.
 */
// Queries as users ask them are judged apart in each window, and the harder kind decides at each
// recall: together with others they would count by their number, which says nothing of how often
// they are asked.
final class JudgedBands {

  private static final int MOST_BANDS = 10;

  /**
   * Windows narrow towards the far end, where what a question needs rises steeply with its
   * remoteness: the share of the questions beyond an edge is this power of that of the windows.
   */
  private static final double NARROWING = 1.5;

  /** Questions of the last window, which is the narrowest, at least. */
  private static final int QUESTIONS = 40;

  /** Judgements that a curve is made of, at least; where there are fewer, all windows speak. */
  private static final int ENOUGH = 12;

  private final List<Judgement> judgements;
  private final int nlist;
  private final int entries;
  private final double depthScale;

  /**
   * Prepares bands.
   *
   * @param judgements at least one
   * @param nlist lists of the codebook
   * @param entries of the lists that were searched
   * @param depthScale factor on depths
   */
  JudgedBands(List<Judgement> judgements, int nlist, int entries, double depthScale) {
    this.judgements =
        judgements.stream().sorted(Comparator.comparingDouble(Judgement::remoteness)).toList();
    this.nlist = nlist;
    this.entries = entries;
    this.depthScale = depthScale;
  }

  List<Band> bands() {
    int size = judgements.size();
    int count = (int) Math.pow((double) size / QUESTIONS, 1 / NARROWING);
    count = Math.clamp(count, 1, MOST_BANDS);
    List<Band> bands = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int from = edge(i == count - 1 ? i : i - 0.5, count);
      int to = edge(i + 1.5, count);
      List<Judgement> window = judgements.subList(from, to);
      float remoteness = window.get(window.size() / 2).remoteness();
      if (bands.isEmpty() || remoteness > bands.getLast().remoteness()) {
        bands.add(new Band(remoteness, curves(window)));
      }
    }
    return bands;
  }

  /** Returns the question that the window of a number begins at. */
  private int edge(double window, int count) {
    double beyond = Math.clamp(1 - window / count, 0, 1);
    return (int) Math.round(judgements.size() * (1 - Math.pow(beyond, NARROWING)));
  }

  private List<Curve> curves(List<Judgement> window) {
    List<Judgement> made = window.stream().filter(one -> !one.asked()).toList();
    List<Judgement> asked = window.stream().filter(Judgement::asked).toList();
    if (made.isEmpty()) {
      return curvesOf(asked, judgements);
    }
    List<Curve> curves = curvesOf(made, judgements);
    return asked.size() < ENOUGH
        ? curves
        : HarderCurves.of(
            curves, curvesOf(asked, judgements.stream().filter(Judgement::asked).toList()));
  }

  private List<Curve> curvesOf(List<Judgement> window, List<Judgement> all) {
    List<Curve> curves = new ArrayList<>();
    for (int k : Calibration.MEASURED_K) {
      RankHistogram probes = count(k, window, all, Judgement::listRanks, nlist);
      RankHistogram depths = count(k, window, all, Judgement::depths, entries);
      curves.add(
          new Curve(
              k,
              probes.points(false, 1),
              depths.isEmpty() ? List.of() : depths.points(true, depthScale)));
    }
    return curves;
  }

  /** Counts the ranks of the k nearest, of questions with as many known. */
  private static RankHistogram count(
      int k,
      List<Judgement> window,
      List<Judgement> all,
      Function<Judgement, int[]> ranks,
      int maxRank) {
    List<int[]> enough = known(k, window, ranks);
    if (enough.size() < ENOUGH) {
      enough = known(k, all, ranks);
    }
    RankHistogram histogram = new RankHistogram(maxRank);
    for (int[] known : enough) {
      for (int i = 0; i < Math.min(k, known.length); i++) {
        histogram.add(known[i]);
      }
    }
    return histogram;
  }

  /** The ranks of those questions that know k neighbours; of all, if none knows so many. */
  private static List<int[]> known(
      int k, List<Judgement> judgements, Function<Judgement, int[]> ranks) {
    int most = judgements.stream().mapToInt(one -> ranks.apply(one).length).max().orElse(0);
    int least = Math.max(1, Math.min(k, most));
    return judgements.stream().map(ranks).filter(known -> known.length >= least).toList();
  }
}

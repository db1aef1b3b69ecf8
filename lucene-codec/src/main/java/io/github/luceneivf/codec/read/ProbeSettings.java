// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.codec.file.ListStatistics;
import io.github.luceneivf.codec.file.ListsMeta;
import io.github.luceneivf.probe.IvfSearchStrategy;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.jspecify.annotations.Nullable;

/**
 * How much of the segments of one codebook a search looks at.
 *
 * @param meta what the segment knows that speaks for all segments of its codebook
 * @param strategy what the search asks for
 * @param change since the training
 * @param k hits wanted
 * @param remoteness of the query
 */
// Of grown segments the k nearest lie as near as the k / growth nearest of the training, so fewer
// lists hold them; but codes tell crowded neighbours apart less well, so the depth rises with the
// square root, as within the calibration.
record ProbeSettings(
    ListsMeta meta, IvfSearchStrategy strategy, Change change, int k, float remoteness) {

  /**
   * How the vectors differ from those of the training.
   *
   * @param vectors that are probed together, as many times fewer as they have grown
   * @param growth how many times as many there are, at least 1
   * @param misfit how many times as far they lie from their centroids, squared, as those of the
   *     training did, at least 1: what the calibration saw does not hold for them, and they are
   *     scattered over that many more lists
   */
  record Change(double vectors, double growth, double misfit) {}

  /**
   * Recall that probing aims at beyond the target, at most. What is lost to codes comes off it, and
   * what the questions of the calibration cannot show. ADR 17.
   */
  private static final double MARGIN = 0.02;

  /** The same as a share of the loss that the target allows: near 1 a margin has less room. */
  private static final double MARGIN_SHARE = 0.4;

  /**
   * Lists probed beyond the calibrated ones where recall is to be high. Where very few hold the
   * neighbours, as in few dimensions, a query at the edge of its list loses half of them with one
   * list less.
   */
  private static final double SPARE_LISTS = 2;

  /** Recall up to which there are none: there half of a query's neighbours may be missing. */
  private static final double FROM_RECALL = 0.9;

  /** Recall from which on there are all of them. */
  private static final double TO_RECALL = 0.95;

  /**
   * Share of the allowed loss that reranking too few candidates may cost. Most of it is made good
   * by reranking on while the last ones compete; and a reranked candidate, read from anywhere in
   * memory, costs as much as a hundred that are scanned.
   */
  private static final double DEPTH_LOSS = 0.2;

  /** How many times as many lists as is calibrated are probed in a crowd where recall is high. */
  private static final double MOST_CROWDED = 4;

  /** Recall up to which there are no more of them: then the calibration is right often enough. */
  private static final double FROM_CROWDED = 0.8;

  /**
   * Share of the allowed loss that may lie beyond what the errors of codes call for; they are those
   * of candidates, which are chosen by distances that tend to be too small, so that they spread
   * less than others.
   */
  private static final double HIDDEN = 0.1;

  /**
   * Reranked candidates per hit of a segment whose single list is coded about the mean: there the
   * error is that of the whole spread of the data.
   */
  private static final int ONE_LIST_OVERSAMPLE = 20;

  /**
   * Returns the settings of a query of usual remoteness.
   *
   * @param k hits wanted
   * @param group segments of one codebook; the one of most vectors speaks for all
   * @param vectors in all segments that are probed together
   */
  static ProbeSettings of(
      int k, IvfSearchStrategy strategy, List<SearchedLeaf> group, int vectors) {
    SegmentLists largest = group.getFirst().requireLists();
    for (SearchedLeaf leaf : group) {
      SegmentLists lists = leaf.requireLists();
      largest = lists.vectors() > largest.vectors() ? lists : largest;
    }
    ListsMeta meta = largest.meta();
    long population = largest.codebook().codebook().lineage().population();
    double growth = Math.max(1, (double) vectors / population);
    float usual = meta.calibration().usual();
    return new ProbeSettings(
        meta, strategy, new Change(vectors / growth, growth, misfit(group)), k, usual);
  }

  private static double misfit(List<SearchedLeaf> group) {
    double mean =
        mean(group, statistics -> statistics.energy() / positive(statistics.training().energy()));
    return Double.isNaN(mean) ? 1 : Math.max(1, mean);
  }

  private static double positive(double energy) {
    return energy > 0 ? energy : Double.NaN;
  }

  /**
   * Returns the mean of what is known of segments whose vectors were measured, by their vectors.
   *
   * @param value of a segment; not-a-number if it is not known
   * @return not-a-number if it is known of none
   */
  static double mean(List<SearchedLeaf> group, ToDoubleFunction<ListStatistics> value) {
    double sum = 0;
    double vectors = 0;
    for (SearchedLeaf leaf : group) {
      ListStatistics statistics = leaf.requireLists().meta().statistics();
      double known = statistics.measured() ? value.applyAsDouble(statistics) : Double.NaN;
      if (!Double.isNaN(known)) {
        sum += leaf.vectors() * known;
        vectors += leaf.vectors();
      }
    }
    return sum / vectors;
  }

  /**
   * Returns the same for vectors that lie at least so many times as far from their centroids as
   * those of the training.
   */
  ProbeSettings scattered(double least) {
    return least <= change.misfit
        ? this
        : new ProbeSettings(
            meta, strategy, new Change(change.vectors, change.growth, least), k, remoteness);
  }

  /** Returns the same for a query of another remoteness. */
  ProbeSettings at(float other) {
    return new ProbeSettings(meta, strategy, change, k, other);
  }

  /**
   * Returns the lists to probe so that those are found that lie as near as the {@code nearest}
   * vectors, in [1, nlist], not rounded.
   *
   * @param nearest at least {@code k}: more where not all vectors are hits
   */
  double lists(double nearest) {
    if (strategy.nprobe().isEmpty()) {
      return calibrated(nearest);
    }
    double lists = strategy.nprobe().getAsInt() * calibrated(nearest) / calibrated(k);
    return Math.clamp(lists, 1, meta.nlist());
  }

  private double calibrated(double nearest) {
    return Math.min(change.misfit * listsOfTraining(nearest / change.growth), meta.nlist());
  }

  /** Returns the lists that hold so many nearest of vectors like those of the training. */
  double listsOfTraining(double nearest) {
    return calibratedFor(nearest) + spare(target());
  }

  /**
   * Returns the lists that hold so many nearest vectors. Beyond what was judged they grow by the
   * power of the number by which they grow at its end, and at least by the one by which all lists
   * are reached when all vectors are to be found.
   */
  private double calibratedFor(double nearest) {
    Calibration calibration = meta.calibration();
    double target = probeTarget(target());
    double lists = calibration.nprobe(nearest, target, remoteness);
    double judged = calibration.mostJudged();
    if (nearest <= judged) {
      return lists;
    }
    double part = Math.log(nearest / judged) / Math.log(change.vectors / judged);
    double least = calibration.nprobe(judged, target, remoteness);
    return Math.max(lists, least * Math.pow(meta.nlist() / least, Math.min(part, 1)));
  }

  /** Lists probed beyond the calibrated ones. */
  private static double spare(double target) {
    return SPARE_LISTS * height(target, FROM_RECALL);
  }

  /** Returns 0 up to a target, 1 from {@link #TO_RECALL} on, between them what lies between. */
  private static double height(double target, double from) {
    return Math.clamp((target - from) / (TO_RECALL - from), 0, 1);
  }

  private double target() {
    return strategy.recall().orElse(meta.targetRecall());
  }

  /** Recall that the lists probed must hold. */
  static double probeTarget(double target) {
    return target + Math.min(MARGIN, (1 - target) * MARGIN_SHARE);
  }

  /** Returns the candidates to rerank to find the {@code hits} nearest, at least as many. */
  int depth(int hits) {
    double depth;
    if (strategy.oversample().isPresent()) {
      depth = Math.ceil(k * strategy.oversample().getAsDouble());
    } else if (meta.nlist() == 1) {
      depth = (double) hits * ONE_LIST_OVERSAMPLE * Math.sqrt(change.growth);
    } else {
      double recall = 1 - (1 - target()) * DEPTH_LOSS;
      depth = meta.calibration().depth(hits, recall, remoteness) * Math.sqrt(change.growth);
    }
    return (int) Math.clamp(depth, hits, Integer.MAX_VALUE - 8);
  }

  /**
   * Returns the share of hits that codes may hide; 0 if the search says itself how deep to look.
   */
  double mayBeHidden() {
    return strategy.oversample().isPresent() ? 0 : (1 - target()) * HIDDEN;
  }

  /** Returns how many times as many lists as is calibrated may be probed in a crowd, at least 1. */
  double crowded() {
    if (strategy.nprobe().isPresent()) {
      return 1;
    }
    return 1 + (MOST_CROWDED - 1) * height(target(), FROM_CROWDED);
  }

  /**
   * Returns the recall to be expected.
   *
   * @param nearest as for {@link #lists}
   * @param lists probed
   */
  double recall(double nearest, double lists) {
    return lists >= meta.nlist()
        ? 1
        : meta.calibration().recall(nearest / change.growth, lists / change.misfit, remoteness);
  }

  /** Returns what a collector's strategy asks of us. */
  static IvfSearchStrategy strategy(@Nullable KnnSearchStrategy strategy) {
    return switch (strategy) {
      case IvfSearchStrategy ours -> ours;
      case KnnSearchStrategy.Seeded seeded -> strategy(seeded.originalStrategy());
      case null, default -> IvfSearchStrategy.CALIBRATED;
    };
  }
}

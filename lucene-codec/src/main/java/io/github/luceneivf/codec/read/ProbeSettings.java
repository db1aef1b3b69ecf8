// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.codec.file.ListsMeta;
import io.github.luceneivf.probe.IvfSearchStrategy;
import java.util.function.IntUnaryOperator;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.jspecify.annotations.Nullable;

/**
 * How much of the segments of one codebook a search looks at.
 *
 * @param nprobe lists, in [1, nlist]
 * @param depth candidates to rerank, at least k
 * @param k hits wanted, or the least k that is calibrated
 * @param meta what the segment knows
 */
record ProbeSettings(int nprobe, int depth, int k, ListsMeta meta) {

  /**
   * Share of the loss that the target allows that probing too few lists may cost. The rest is kept
   * for codes, and for what held-out vectors cannot show: queries unlike the documents, and growth.
   */
  private static final double PROBE_LOSS = 0.6;

  /**
   * The same at least, however few queries there were to calibrate with: their standard error does
   * not ask for more. By choice; no measurement of it is kept.
   */
  private static final double LEAST_PROBE_LOSS = 0.2;

  /**
   * Share of the allowed loss that reranking too few candidates may cost. The two losses multiply,
   * and a reranked candidate costs far less than a list.
   */
  private static final double DEPTH_LOSS = 0.05;

  /**
   * Lists probed beyond the calibrated ones. Where very few hold the neighbours, one list more or
   * less is several per cent of recall: 1 or 2 of 64 lists gave 0.95 to 0.97 for 0.977 asked, two
   * more gave 0.98 and above.
   */
  private static final int SPARE_LISTS = 2;

  /** Stock queries collect with a reduced k per segment: never calibrate for less than this. */
  private static final int MIN_K = 10;

  /** The largest calibrated k; powers of ten are, see {@code Calibration.MEASURED_K}. */
  private static final int MAX_K = 100;

  /**
   * Reranked candidates per hit of a segment whose single list is coded about the mean: there the
   * error is that of the whole spread of the data.
   */
  private static final int ONE_LIST_OVERSAMPLE = 20;

  /**
   * Chooses the settings of a search from what it asks for and what a segment knows.
   *
   * @param k hits wanted
   * @param lists of the segment that speaks for all segments of its codebook
   * @param vectors in all segments that are probed together
   */
  static ProbeSettings of(int k, IvfSearchStrategy strategy, SegmentLists lists, int vectors) {
    int calibrated = Math.max(k, MIN_K);
    ListsMeta meta = lists.meta();
    double growth = growth(lists, vectors);
    int nprobe =
        strategy.nprobe().isPresent()
            ? strategy.nprobe().getAsInt()
            : (int) Math.ceil(lists(meta, calibrated / growth)) + SPARE_LISTS;
    double depth;
    if (strategy.oversample().isPresent()) {
      depth = Math.ceil(k * strategy.oversample().getAsDouble());
    } else if (meta.nlist() == 1) {
      depth = calibrated * ONE_LIST_OVERSAMPLE * Math.sqrt(growth);
    } else {
      depth =
          meta.calibration().depth(calibrated, 1 - (1 - meta.targetRecall()) * DEPTH_LOSS)
              * Math.sqrt(growth);
    }
    return new ProbeSettings(
        Math.clamp(nprobe, 1, meta.nlist()),
        (int) Math.clamp(depth, k, Integer.MAX_VALUE - 8),
        calibrated,
        meta);
  }

  /**
   * Returns by what factor more is to be probed than would do without a filter.
   *
   * @param share of accepted vectors among those scanned, in [0, 1]: the k nearest of them are as
   *     far as the k / share nearest of all
   */
  double widening(double share) {
    if (share >= 1) {
      return 1;
    }
    if (share <= 0 || meta.calibration().queries() == 0) {
      return 1 / share;
    }
    return lists(meta, k / share) / lists(meta, k);
  }

  /**
   * Returns how many candidates to rerank where more than {@code k} vectors turn out to be wanted.
   *
   * @param needed at least {@code k}
   */
  double depth(int needed) {
    if (meta.nlist() == 1) {
      return (double) depth * needed / k;
    }
    double recall = 1 - (1 - meta.targetRecall()) * DEPTH_LOSS;
    IntUnaryOperator wanted = any -> meta.calibration().depth(any, recall);
    return depth * interpolated(wanted, needed) / interpolated(wanted, k);
  }

  /**
   * How many times the vectors of the training there are. Of these the k nearest lie as near as the
   * k / growth nearest of the training, so fewer lists hold them; but codes tell crowded neighbours
   * apart less well, so the depth rises with the square root, as within the calibration.
   */
  private static double growth(SegmentLists lists, int vectors) {
    long population = lists.codebook().codebook().lineage().population();
    return Math.max(1.0, (double) vectors / population);
  }

  private static double lists(ListsMeta meta, double k) {
    double target = probeTarget(meta.targetRecall(), meta.calibration().queries());
    return lists(meta.calibration(), target, k);
  }

  /**
   * Lists that hold the {@code k} nearest, interpolated over log k between calibrated ones.
   *
   * @param k any, also below 1: where a segment has grown, its nearest are nearer than the nearest
   *     of the training
   */
  static double lists(Calibration calibration, double target, double k) {
    return interpolated(any -> calibration.nprobe(any, target), k);
  }

  /** Interpolates over log k between what is wanted for calibrated ones. */
  private static double interpolated(IntUnaryOperator wanted, double k) {
    int upper = 1;
    while (upper < k && upper < MAX_K) {
      upper *= 10;
    }
    if (upper == 1 || k >= upper) {
      return wanted.applyAsInt((int) Math.clamp(Math.ceil(k), 1, Integer.MAX_VALUE));
    }
    double share = Math.log10(k / upper) + 1;
    int low = wanted.applyAsInt(upper / 10);
    int high = wanted.applyAsInt(upper);
    return low + share * (high - low);
  }

  /**
   * Recall that the lists probed must hold. The calibration is an estimate from some queries: its
   * standard error is added. The ten neighbours of a query share their fate in part; the variance
   * of its recall is taken as 0.3 of that of a single neighbour.
   */
  static double probeTarget(double targetRecall, int queries) {
    double target = 1 - (1 - targetRecall) * PROBE_LOSS;
    double error = queries == 0 ? 0 : Math.sqrt(0.3 * target * (1 - target) / queries);
    return Math.min(target + error, 1 - (1 - targetRecall) * LEAST_PROBE_LOSS);
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

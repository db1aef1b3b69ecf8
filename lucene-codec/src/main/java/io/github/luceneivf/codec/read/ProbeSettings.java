package io.github.luceneivf.codec.read;

import io.github.luceneivf.codec.file.FieldMeta;
import io.github.luceneivf.probe.IvfSearchStrategy;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.jspecify.annotations.Nullable;

/**
 * How much of a segment a search looks at.
 *
 * @param nprobe lists, in [1, nlist]
 * @param depth candidates to rerank, at least k
 */
record ProbeSettings(int nprobe, int depth) {

  /** Stock queries collect with a reduced k per segment: never calibrate for less than this. */
  private static final int MIN_K = 10;

  /**
   * Reranked candidates per hit of a segment whose single list is coded about the mean: there the
   * error is that of the whole spread of the data.
   */
  private static final int ONE_LIST_OVERSAMPLE = 20;

  /** Chooses the settings of a search from what it asks for and what the segment knows. */
  static ProbeSettings of(KnnCollector collector, FieldMeta.Lists lists) {
    int k = collector.k();
    int calibrated = Math.max(k, MIN_K);
    double target = margin(lists.targetRecall());
    IvfSearchStrategy strategy = strategy(collector.getSearchStrategy());
    int nprobe =
        strategy.nprobe().isPresent()
            ? strategy.nprobe().getAsInt()
            : lists.calibration().nprobe(calibrated, target);
    long depth;
    if (strategy.oversample().isPresent()) {
      depth = (long) Math.ceil(k * strategy.oversample().getAsDouble());
    } else if (lists.nlist() == 1) {
      depth = (long) calibrated * ONE_LIST_OVERSAMPLE;
    } else {
      depth = lists.calibration().depth(calibrated, target);
    }
    return new ProbeSettings(
        Math.clamp(nprobe, 1, lists.nlist()), (int) Math.clamp(depth, k, Integer.MAX_VALUE - 8));
  }

  /**
   * Half of the loss that the target allows is kept for what held-out vectors cannot show: queries
   * unlike the documents, and growth since the training.
   */
  static double margin(double target) {
    return 1 - (1 - target) / 2;
  }

  private static IvfSearchStrategy strategy(@Nullable KnnSearchStrategy strategy) {
    return switch (strategy) {
      case IvfSearchStrategy ours -> ours;
      case KnnSearchStrategy.Seeded seeded -> strategy(seeded.originalStrategy());
      case null, default -> IvfSearchStrategy.CALIBRATED;
    };
  }
}

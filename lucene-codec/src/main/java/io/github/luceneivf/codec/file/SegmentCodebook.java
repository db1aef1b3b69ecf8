// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.file;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingStatistics;
import java.util.Comparator;
import java.util.Objects;

/**
 * A codebook and how to search with it: what a segment knows about its lists. Immutable.
 *
 * @param codebook the codebook
 * @param calibration recall by nprobe and rerank depth
 * @param training how well it fitted the vectors it was trained with
 */
public record SegmentCodebook(
    Codebook codebook, Calibration calibration, TrainingStatistics training) {

  /** By version; of one version by the vectors trained for, then by hash. */
  public static final Comparator<SegmentCodebook> OLDEST_FIRST =
      Comparator.comparingInt((SegmentCodebook c) -> c.codebook.lineage().version())
          .thenComparingLong(c -> c.codebook.lineage().population())
          .thenComparing(c -> c.codebook.id().toString());

  /** Creates one of whose training nothing is known. */
  public SegmentCodebook(Codebook codebook, Calibration calibration) {
    this(codebook, calibration, TrainingStatistics.UNKNOWN);
  }

  /** Returns the codebook of a training. */
  public static SegmentCodebook of(TrainedCodebook trained) {
    return new SegmentCodebook(
        trained.codebook(), trained.calibration(), TrainingStatistics.of(trained.report()));
  }

  /** Validates the components. */
  public SegmentCodebook {
    Objects.requireNonNull(codebook, "codebook");
    Objects.requireNonNull(calibration, "calibration");
    Objects.requireNonNull(training, "training");
  }
}

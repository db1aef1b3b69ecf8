// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.calibration.Calibration;
import java.util.Objects;

/**
 * What a training gives: the codebook, how to search it for a wanted recall, and how the training
 * went.
 *
 * @param codebook the codebook
 * @param calibration recall by nprobe and rerank depth, measured with held-out queries
 * @param report quality of the training
 */
public record TrainedCodebook(Codebook codebook, Calibration calibration, TrainingReport report) {

  /** Validates the components. */
  public TrainedCodebook {
    Objects.requireNonNull(codebook, "codebook");
    Objects.requireNonNull(calibration, "calibration");
    Objects.requireNonNull(report, "report");
  }
}

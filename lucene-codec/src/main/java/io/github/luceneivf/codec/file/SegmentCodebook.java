package io.github.luceneivf.codec.file;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.codebook.Codebook;
import java.util.Objects;

/**
 * A codebook and how to search with it: what a segment knows about its lists. Immutable.
 *
 * @param codebook the codebook
 * @param calibration recall by nprobe and rerank depth
 */
public record SegmentCodebook(Codebook codebook, Calibration calibration) {
  /** Validates the components. */
  public SegmentCodebook {
    Objects.requireNonNull(codebook, "codebook");
    Objects.requireNonNull(calibration, "calibration");
  }
}

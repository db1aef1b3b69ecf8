// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.probe;

import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.apache.lucene.search.knn.KnnSearchStrategy;

/**
 * How much of an inverted file a query looks at. What is not set comes from the calibrations stored
 * in segments. Readers of other formats ignore it. Immutable.
 */
public final class IvfSearchStrategy extends KnnSearchStrategy {

  /** Everything from the calibration: recall@10 of at least 0.95 with margin. */
  public static final IvfSearchStrategy CALIBRATED =
      new IvfSearchStrategy(OptionalInt.empty(), OptionalDouble.empty());

  private final OptionalInt nprobe;
  private final OptionalDouble oversample;

  private IvfSearchStrategy(OptionalInt nprobe, OptionalDouble oversample) {
    this.nprobe = nprobe;
    this.oversample = oversample;
  }

  /**
   * Returns a strategy that probes {@code nprobe} lists; more than there are means all. A query of
   * this project probes so many distinct lists of each codebook, in all segments that have it, and
   * ranks those of several codebooks together; a query of Lucene's so many of each segment.
   *
   * @throws IllegalArgumentException if {@code nprobe} is less than 1
   */
  public static IvfSearchStrategy nprobe(int nprobe) {
    if (nprobe < 1) {
      throw new IllegalArgumentException("nprobe must be at least 1, got: " + nprobe);
    }
    return new IvfSearchStrategy(OptionalInt.of(nprobe), OptionalDouble.empty());
  }

  /**
   * Returns a copy that reranks {@code ceil(k × oversample)} candidates exactly.
   *
   * @throws IllegalArgumentException if {@code oversample} is not in [1, 1000]
   */
  public IvfSearchStrategy oversample(float oversample) {
    if (!(oversample >= 1 && oversample <= 1000)) {
      throw new IllegalArgumentException("oversample must be in [1, 1000], got: " + oversample);
    }
    return new IvfSearchStrategy(nprobe, OptionalDouble.of(oversample));
  }

  /** Returns the lists to probe, if set. */
  public OptionalInt nprobe() {
    return nprobe;
  }

  /** Returns the oversampling factor, if set. */
  public OptionalDouble oversample() {
    return oversample;
  }

  @Override
  public void nextVectorsBlock() {}

  @Override
  public boolean equals(Object other) {
    return other instanceof IvfSearchStrategy that
        && nprobe.equals(that.nprobe)
        && oversample.equals(that.oversample);
  }

  @Override
  public int hashCode() {
    return Objects.hash(nprobe, oversample);
  }

  @Override
  public String toString() {
    return "nprobe="
        + (nprobe.isPresent() ? nprobe.getAsInt() : "calibrated")
        + ",oversample="
        + (oversample.isPresent() ? oversample.getAsDouble() : "calibrated");
  }
}

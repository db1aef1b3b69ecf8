// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.probe;

import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.lucene.search.knn.KnnSearchStrategy;

/**
 * How much of an inverted file a query looks at. What is not set comes from the calibrations stored
 * in segments. Readers of other formats ignore it. Immutable.
 */
public final class IvfSearchStrategy extends KnnSearchStrategy {

  /** Everything from the calibration, for the recall that the index was written for. */
  public static final IvfSearchStrategy CALIBRATED =
      new IvfSearchStrategy(
          OptionalDouble.empty(),
          OptionalInt.empty(),
          OptionalDouble.empty(),
          OptionalLong.empty());

  private final OptionalDouble recall;
  private final OptionalInt nprobe;
  private final OptionalDouble oversample;
  private final OptionalLong budget;

  private IvfSearchStrategy(
      OptionalDouble recall, OptionalInt nprobe, OptionalDouble oversample, OptionalLong budget) {
    this.recall = recall;
    this.nprobe = nprobe;
    this.oversample = oversample;
    this.budget = budget;
  }

  /**
   * Returns a strategy that looks at as much as the calibration says recall needs: a mean over
   * queries, whatever the recall that the index was written for. It holds for any k; calibrated are
   * 1, 10, 100 and 1,000.
   *
   * @param target recall of the k nearest, in (0, 1)
   * @throws IllegalArgumentException if {@code target} is not
   */
  public static IvfSearchStrategy recall(double target) {
    if (!(target > 0 && target < 1)) {
      throw new IllegalArgumentException("recall must be in (0, 1), got: " + target);
    }
    return new IvfSearchStrategy(
        OptionalDouble.of(target),
        OptionalInt.empty(),
        OptionalDouble.empty(),
        OptionalLong.empty());
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
    return new IvfSearchStrategy(
        OptionalDouble.empty(),
        OptionalInt.of(nprobe),
        OptionalDouble.empty(),
        OptionalLong.empty());
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
    return new IvfSearchStrategy(recall, nprobe, OptionalDouble.of(oversample), budget);
  }

  /**
   * Returns a copy that scans no list which would make it more than {@code vectors} in all; the
   * nearest list is scanned whatever it holds. A vector in two lists counts in each. A search that
   * ends for it says so in its {@link ProbeReport}. Segments without lists are searched whole.
   *
   * @throws IllegalArgumentException if {@code vectors} is less than 1
   */
  public IvfSearchStrategy budget(long vectors) {
    if (vectors < 1) {
      throw new IllegalArgumentException("budget must be at least 1, got: " + vectors);
    }
    return new IvfSearchStrategy(recall, nprobe, oversample, OptionalLong.of(vectors));
  }

  /** Returns the recall to reach, if set. */
  public OptionalDouble recall() {
    return recall;
  }

  /** Returns the lists to probe, if set. */
  public OptionalInt nprobe() {
    return nprobe;
  }

  /** Returns the oversampling factor, if set. */
  public OptionalDouble oversample() {
    return oversample;
  }

  /** Returns the most vectors to scan, if set. */
  public OptionalLong budget() {
    return budget;
  }

  @Override
  public void nextVectorsBlock() {}

  @Override
  public boolean equals(Object other) {
    return other instanceof IvfSearchStrategy that
        && recall.equals(that.recall)
        && nprobe.equals(that.nprobe)
        && oversample.equals(that.oversample)
        && budget.equals(that.budget);
  }

  @Override
  public int hashCode() {
    return Objects.hash(recall, nprobe, oversample, budget);
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    recall.ifPresent(target -> out.append("recall=").append(target).append(','));
    out.append("nprobe=").append(nprobe.isPresent() ? nprobe.getAsInt() : "calibrated");
    out.append(",oversample=");
    out.append(oversample.isPresent() ? oversample.getAsDouble() : "calibrated");
    budget.ifPresent(vectors -> out.append(",budget=").append(vectors));
    return out.toString();
  }
}

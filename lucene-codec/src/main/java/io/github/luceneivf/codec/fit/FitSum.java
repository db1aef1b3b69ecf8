// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.fit;

import io.github.luceneivf.codec.file.ListStatistics;
import java.util.stream.LongStream;

/** How one codebook fits several segments together. Not thread-safe. */
public final class FitSum {

  private final long[] sizes;
  private long vectors;
  private long measured;
  private double energies;
  private long arrived;

  /**
   * Creates a sum over no segments.
   *
   * @param nlist lists of the codebook
   */
  public FitSum(int nlist) {
    this.sizes = new long[nlist];
  }

  /** Adds a segment. */
  public void add(FittedLists lists) {
    for (int list = 0; list < sizes.length; list++) {
      sizes[list] += lists.sizes()[list];
    }
    vectors += lists.vectors();
    ListStatistics statistics = lists.statistics();
    if (statistics.measured()) {
      measured += lists.vectors();
      energies += lists.vectors() * statistics.energy();
    }
    arrived += statistics.arrived();
  }

  /** Returns the vectors in the lists. */
  public long vectors() {
    return vectors;
  }

  /** Returns whether the energy of any segment is known. */
  public boolean isMeasured() {
    return measured > 0;
  }

  /** Returns the mean squared distance to the centroid, as far as it is known; else 0. */
  public double energy() {
    return isMeasured() ? energies / measured : 0;
  }

  /** Returns how many vectors came after the training. */
  public long arrived() {
    return arrived;
  }

  /** Returns nlist·Σs²/(Σs)² over list sizes s; 1 if all are equal, or empty. */
  public double imbalance() {
    double sum = LongStream.of(sizes).sum();
    double squares = LongStream.of(sizes).mapToDouble(size -> (double) size * size).sum();
    return sum == 0 ? 1 : sizes.length * squares / (sum * sum);
  }
}

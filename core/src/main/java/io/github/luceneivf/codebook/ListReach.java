// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * How far the vectors of each list reach beyond its centroid: by this lists are ranked for inner
 * products, where one long vector may be worth a list whose centroid promises little. Immutable,
 * thread-safe.
 *
 * @param along [nlist] the longest part of a vector along the centroid, in lengths of the centroid,
 *     at least 1; shared
 * @param across [nlist] the largest distance of a vector from the line through the origin and the
 *     centroid, at least 0; shared
 */
@SuppressWarnings("ArrayRecordComponent") // shared on purpose, see above
public record ListReach(float[] along, float[] across) {

  /** Of lists that are ranked by their centroids alone. */
  public static final ListReach NONE = new ListReach(new float[0], new float[0]);

  /** Validates the components. */
  public ListReach {
    if (along.length != across.length) {
      throw new IllegalArgumentException(
          "across must have as many values as along = " + along.length + ", got: " + across.length);
    }
    for (int list = 0; list < along.length; list++) {
      if (!(along[list] >= 1 && along[list] <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException(
            "along must be at least 1 and finite, got: " + along[list]);
      }
      if (!(across[list] >= 0 && across[list] <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException(
            "across must be at least 0 and finite, got: " + across[list]);
      }
    }
  }

  /**
   * Returns the farthest of several segments, list by list.
   *
   * @param some at least one, of as many lists each
   */
  public static ListReach farthest(List<ListReach> some) {
    float[] along = some.getFirst().along.clone();
    float[] across = some.getFirst().across.clone();
    for (ListReach each : some) {
      for (int list = 0; list < along.length; list++) {
        along[list] = Math.max(along[list], each.along[list]);
        across[list] = Math.max(across[list], each.across[list]);
      }
    }
    return new ListReach(along, across);
  }

  /**
   * Returns how many times as far beside their centroids the farthest vectors lie, in the mean of
   * the lists, as the farthest of the training lay from theirs; 1 where either is 0.
   *
   * @param codebook of these lists
   */
  public double beyond(Codebook codebook) {
    if (across.length == 0) {
      return 1;
    }
    double sum = 0;
    for (float value : across) {
      sum += value;
    }
    double trained = 0;
    for (float radius : codebook.radii()) {
      trained += radius;
    }
    return sum > 0 && trained > 0 ? sum / trained : 1;
  }

  /** Returns the number of lists; 0 if nothing is known of them. */
  public int nlist() {
    return along.length;
  }

  /**
   * Measures vectors, in sums of double precision that are the same everywhere. Not thread-safe.
   */
  public static final class Measure {
    private final Codebook codebook;
    private final double[] lengths;
    private final float[] along;
    private final float[] across;

    /** Begins with lists that hold nothing. */
    public Measure(Codebook codebook) {
      this.codebook = Objects.requireNonNull(codebook, "codebook");
      int dim = codebook.dim();
      float[] centroids = codebook.centroids().values();
      this.lengths = new double[codebook.nlist()];
      for (int i = 0; i < centroids.length; i++) {
        lengths[i / dim] += (double) centroids[i] * centroids[i];
      }
      this.along = new float[lengths.length];
      this.across = new float[lengths.length];
      Arrays.fill(along, 1);
    }

    /**
     * Adds a vector.
     *
     * @param values holds it from {@code offset}, as the codebook's space maps it
     * @param list that it is in
     */
    public void add(float[] values, int offset, int list) {
      int dim = codebook.dim();
      float[] centroids = codebook.centroids().values();
      double product = 0;
      double square = 0;
      for (int d = 0; d < dim; d++) {
        double x = values[offset + d];
        product += x * centroids[list * dim + d];
        square += x * x;
      }
      double ratio = lengths[list] > 0 ? product / lengths[list] : 0;
      double rest = Math.sqrt(Math.max(0, square - ratio * product));
      add(list, ratio, rest);
    }

    /** Adds what is known of other vectors in the same lists. */
    public void add(ListReach other) {
      for (int list = 0; list < other.nlist(); list++) {
        add(list, other.along[list], other.across[list]);
      }
    }

    private void add(int list, double ratio, double rest) {
      along[list] = (float) Math.clamp(ratio, along[list], Float.MAX_VALUE);
      across[list] = (float) Math.clamp(rest, across[list], Float.MAX_VALUE);
    }

    /** Returns the farthest so far. */
    public ListReach reach() {
      return new ListReach(along.clone(), across.clone());
    }
  }
}

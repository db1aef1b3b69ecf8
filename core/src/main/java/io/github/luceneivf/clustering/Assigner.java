// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.kernel.VectorKernel;
import java.io.IOException;
import java.util.function.IntUnaryOperator;

/**
 * Finds the nearest centroid of each vector.
 *
 * <p>The kernel compares {@code ‖c‖²/2 − ⟨x, c⟩}, which loses the digits that a common offset takes
 * up; therefore vectors and centroids are shifted by a mean first. The distance of the winner is
 * then summed directly from the differences, in double precision and a fixed order. List and
 * distance of a vector depend on nothing but the vector, the centroids and the mean: not on
 * batches, threads or the kernel.
 *
 * <p>Not thread-safe, because of its scratch; {@link #fork()} gives another thread one of its own.
 * {@code assign} on batches does not allocate.
 */
public final class Assigner {

  /**
   * Rows shifted at a time; a multiple of the 6 rows that the fastest kernel holds in registers.
   */
  private static final int TILE = 96;

  /** Floats of a tile at most, so that it stays in the second-level cache beside a panel. */
  private static final int TILE_FLOATS = 1 << 16;

  private final VectorKernel kernel;
  private final FloatMatrix centroids;
  private final float[] mean;
  private final float[] panels;
  private final float[] halfNorms;
  private final float[] tile;

  /**
   * Prepares centroids.
   *
   * @param centroids [nlist × dim], at least one
   * @param mean [dim] a point amid the vectors, best their mean
   */
  public Assigner(FloatMatrix centroids, float[] mean) {
    this(centroids, mean, Kernels.get());
  }

  Assigner(FloatMatrix centroids, float[] mean, VectorKernel kernel) {
    int dim = centroids.dim();
    if (centroids.rows() < 1) {
      throw new IllegalArgumentException("centroids must have at least 1 row, got: 0");
    }
    if (mean.length != dim) {
      throw new IllegalArgumentException(
          "mean must have " + dim + " components, got: " + mean.length);
    }
    this.kernel = kernel;
    this.centroids = centroids;
    this.mean = mean;
    float[] shifted = new float[centroids.values().length];
    for (int at = 0; at < shifted.length; at += dim) {
      shift(centroids.values(), at, mean, shifted, at);
    }
    this.panels = VectorKernel.panels(shifted, centroids.rows(), dim);
    this.halfNorms = VectorKernel.halfNorms(shifted, centroids.rows(), dim);
    this.tile = new float[tileRows(dim) * dim];
  }

  private Assigner(Assigner other) {
    this.kernel = other.kernel;
    this.centroids = other.centroids;
    this.mean = other.mean;
    this.panels = other.panels;
    this.halfNorms = other.halfNorms;
    this.tile = new float[other.tile.length];
  }

  /** Rows of {@code dim} floats in a tile. */
  static int tileRows(int dim) {
    return Math.max(6, Math.min(TILE_FLOATS / dim / 6 * 6, TILE));
  }

  /** Returns an assigner for another thread; it shares everything but the scratch. */
  public Assigner fork() {
    return new Assigner(this);
  }

  /** Returns the number of centroids. */
  public int nlist() {
    return centroids.rows();
  }

  /**
   * Assigns a batch.
   *
   * @param rows [count × dim], row-major, from {@code offset}; not modified
   * @param lists receives [count] list numbers, from {@code outOffset}
   * @param distances receives [count] squared distances to the nearest centroid, likewise
   */
  public void assign(
      float[] rows, int offset, int count, int[] lists, float[] distances, int outOffset) {
    assign(rows, rowOffset(offset, outOffset), outOffset, outOffset + count, lists, distances);
  }

  /**
   * Assigns a batch without distances.
   *
   * @param rows [count × dim], row-major, from {@code offset}; not modified
   * @param lists receives [count] list numbers, from {@code outOffset}
   * @param scratch of the size of {@code lists}, overwritten in the same places
   */
  public void assignLists(
      float[] rows, int offset, int count, int[] lists, float[] scratch, int outOffset) {
    IntUnaryOperator offsetOf = rowOffset(offset, outOffset);
    int to = outOffset + count;
    for (int first = outOffset; first < to; first = tileEnd(first, to)) {
      findNearest(rows, offsetOf, first, tileEnd(first, to), lists, scratch);
    }
  }

  /** Where row i begins whose results are at i. */
  private IntUnaryOperator rowOffset(int offset, int outOffset) {
    int dim = centroids.dim();
    return i -> offset + (i - outOffset) * dim;
  }

  /**
   * Assigns all rows of a matrix.
   *
   * @param threads threads that work on it; the result does not depend on it
   */
  public Assignment assign(FloatMatrix rows, int threads) {
    try (Workers workers = new Workers(threads)) {
      return assign(RowSet.all(rows), workers, Workers.Tick.NONE);
    } catch (IOException e) {
      throw new AssertionError("nothing here does I/O", e);
    }
  }

  /** Assigns the rows of a set; the assignment is in the order of the set. */
  Assignment assign(RowSet set, Workers workers, Workers.Tick tick) throws IOException {
    int[] lists = new int[set.size()];
    float[] distances = new float[set.size()];
    Assigner[] forks = new Assigner[workers.count()];
    for (int w = 0; w < forks.length; w++) {
      forks[w] = w == 0 ? this : fork();
    }
    workers.run(
        set.size(),
        rangeRows(),
        (worker, from, to) ->
            forks[worker].assign(
                set.matrix().values(),
                i -> set.row(i) * centroids.dim(),
                from,
                to,
                lists,
                distances),
        tick);
    return Assignment.of(lists, distances, nlist());
  }

  /**
   * Assigns vectors [from, to).
   *
   * @param offsetOf where in {@code rows} vector i begins; i is its place in the results as well
   */
  private void assign(
      float[] rows, IntUnaryOperator offsetOf, int from, int to, int[] lists, float[] distances) {
    int dim = centroids.dim();
    for (int first = from; first < to; first = tileEnd(first, to)) {
      findNearest(rows, offsetOf, first, tileEnd(first, to), lists, distances);
      for (int i = first; i < tileEnd(first, to); i++) {
        int row = offsetOf.applyAsInt(i);
        distances[i] = (float) squaredDistance(rows, row, centroids.values(), lists[i] * dim, dim);
      }
    }
  }

  private int tileEnd(int first, int to) {
    return Math.min(first + tile.length / centroids.dim(), to);
  }

  /** Finds the lists of at most a tile of vectors. */
  private void findNearest(
      float[] rows, IntUnaryOperator offsetOf, int first, int end, int[] lists, float[] values) {
    int dim = centroids.dim();
    for (int i = first; i < end; i++) {
      shift(rows, offsetOf.applyAsInt(i), mean, tile, (i - first) * dim);
    }
    kernel.nearest(tile, 0, end - first, panels, halfNorms, nlist(), dim, lists, values, first);
  }

  /** Multiply-adds of a range, unless a tile has more: some 3 ms of fast, 50 ms of plain code. */
  private static final long RANGE_WORK = 1L << 27;

  /** Whole tiles of about that work. */
  private int rangeRows() {
    int tileRows = tile.length / centroids.dim();
    long rows = RANGE_WORK / ((long) nlist() * centroids.dim());
    return Math.toIntExact(Math.clamp(rows / tileRows, 1L, 64L) * tileRows);
  }

  /** Writes one row less the mean. */
  static void shift(float[] rows, int offset, float[] mean, float[] out, int to) {
    for (int d = 0; d < mean.length; d++) {
      out[to + d] = rows[offset + d] - mean[d];
    }
  }

  /** Squared distance in double precision, four sums in a fixed order. */
  static double squaredDistance(float[] a, int aOffset, float[] b, int bOffset, int dim) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 4 <= dim; i += 4) {
      double d0 = a[aOffset + i] - b[bOffset + i];
      double d1 = a[aOffset + i + 1] - b[bOffset + i + 1];
      double d2 = a[aOffset + i + 2] - b[bOffset + i + 2];
      double d3 = a[aOffset + i + 3] - b[bOffset + i + 3];
      s0 += d0 * d0;
      s1 += d1 * d1;
      s2 += d2 * d2;
      s3 += d3 * d3;
    }
    for (; i < dim; i++) {
      double d = a[aOffset + i] - b[bOffset + i];
      s0 += d * d;
    }
    return (s0 + s1) + (s2 + s3);
  }
}

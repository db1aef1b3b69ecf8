// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.NearestRows;
import io.github.luceneivf.clustering.Workers;
import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.kernel.VectorKernel;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Finds the list that serves a vector best beside its own: not the second nearest, which often errs
 * in the same direction, but the one of least ‖x − c′‖² + λ·⟨r, x − c′⟩² / ‖r‖², r being the
 * residual to the own centroid (Sun, Simcha, Dopson, Guo, Kumar: SOAR, NeurIPS 2023, section 3).
 * Among the centroids around the own one; lists and costs depend on vector and centroids alone, not
 * on kernel or batch. Not thread-safe, because of its scratch; {@link #fork()} gives another thread
 * one of its own.
 */
final class SecondLists {

  /** Weight of the residual's part along the own one; the paper's for most sets. */
  private static final double LAMBDA = 1;

  /** Centroids around the own one that are tried. */
  private static final int TRIED = 128;

  private static final int NONE = -1;

  /** Rounding of one addition of floats, relative. */
  private static final double ROUNDING = 0x1p-24;

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final VectorKernel kernel = Kernels.get();
  private final FloatMatrix centroids;
  private final Around around;
  private final float[] residual;
  private final float[] dots = new float[TRIED + 1];
  private final double[] costs = new double[TRIED + 1];
  private double cost = Double.POSITIVE_INFINITY;

  /**
   * What all threads share.
   *
   * @param memory [nlist × dim] centroids less their mean
   * @param nearby [nlist][≤ {@value #TRIED} + 1] the list itself, then those around it
   * @param apart squared distances to them, likewise
   * @param reach largest norm of a row of {@code memory}
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Around(MemorySegment memory, int[][] nearby, float[][] apart, double reach) {}

  private SecondLists(FloatMatrix centroids, Around around) {
    this.centroids = centroids;
    this.around = around;
    this.residual = new float[centroids.dim()];
  }

  /** Prepares some centroids, [nlist × dim]. */
  static SecondLists of(FloatMatrix centroids) {
    try (Workers workers = new Workers(1)) {
      int[][] nearby =
          NearestRows.find(
              centroids,
              centroids,
              new NearestRows.Wanted(TRIED + 1, Metric.EUCLIDEAN),
              workers,
              Workers.Tick.NONE);
      float[][] apart = new float[nearby.length][];
      for (int list = 0; list < nearby.length; list++) {
        nearby[list] = withOwnFirst(nearby[list], list);
        apart[list] = apart(centroids, nearby[list]);
      }
      float[] mean = centroids.mean();
      int dim = centroids.dim();
      MemorySegment memory = Arena.ofAuto().allocate(4L * nearby.length * dim, 64);
      double reach = 0;
      for (int list = 0; list < nearby.length; list++) {
        double norm = 0;
        for (int d = 0; d < dim; d++) {
          float value = centroids.values()[list * dim + d] - mean[d];
          memory.set(FLOAT, 4L * (list * (long) dim + d), value);
          norm += (double) value * value;
        }
        reach = Math.max(reach, Math.sqrt(norm));
      }
      return new SecondLists(centroids, new Around(memory, nearby, apart, reach));
    } catch (IOException e) {
      throw new AssertionError("nothing here does I/O", e);
    }
  }

  private static int[] withOwnFirst(int[] nearest, int own) {
    int[] lists = new int[nearest.length];
    lists[0] = own;
    int size = 1;
    for (int i = 0; i < nearest.length && size < lists.length; i++) {
      if (nearest[i] != own) {
        lists[size++] = nearest[i];
      }
    }
    return Arrays.copyOf(lists, size);
  }

  private static float[] apart(FloatMatrix centroids, int[] lists) {
    float[] apart = new float[lists.length];
    int dim = centroids.dim();
    for (int i = 1; i < lists.length; i++) {
      double sum = 0;
      for (int d = 0; d < dim; d++) {
        double difference = difference(centroids, lists[0], lists[i], d);
        sum += difference * difference;
      }
      apart[i] = (float) sum;
    }
    return apart;
  }

  private static double difference(FloatMatrix centroids, int own, int other, int d) {
    float[] values = centroids.values();
    int dim = centroids.dim();
    return (double) values[own * dim + d] - values[other * dim + d];
  }

  /** Returns the memory that this takes, shared by all threads, in bytes. */
  static long memoryBytes(long nlist, int dim) {
    return nlist * memoryBytesPerList(nlist, dim);
  }

  /** Returns the same for each list. */
  static long memoryBytesPerList(long nlist, int dim) {
    long tried = Math.min(nlist, TRIED + 1);
    return (long) Float.BYTES * dim + tried * (Integer.BYTES + Float.BYTES);
  }

  /** Returns one for another thread; it shares everything but the scratch. */
  SecondLists fork() {
    return new SecondLists(centroids, around);
  }

  /**
   * Finds the second list of a vector.
   *
   * @param rows where it lies, from {@code offset}, in the space of the centroids
   * @param list its own
   * @return the list; −1 if there is none, as for a vector that its own centroid is equal to
   */
  int find(float[] rows, int offset, int list) {
    int dim = centroids.dim();
    double energy = 0;
    for (int d = 0; d < dim; d++) {
      float value = rows[offset + d] - centroids.values()[list * dim + d];
      residual[d] = value;
      energy += (double) value * value;
    }
    int[] tried = around.nearby[list];
    cost = Double.POSITIVE_INFINITY;
    if (energy <= 0 || tried.length == 1) {
      return NONE;
    }
    kernel.dotRows(residual, around.memory, dim, tried, tried.length, dots);
    double error = 2 * (dim + 1) * ROUNDING * Math.sqrt(energy) * around.reach;
    double bound = Double.POSITIVE_INFINITY;
    for (int i = 1; i < tried.length; i++) {
      double along = (double) dots[0] - dots[i];
      costs[i] = cost(energy, along - error, around.apart[list][i]);
      bound = Math.min(bound, cost(energy, along + error, around.apart[list][i]));
    }
    int best = NONE;
    for (int i = 1; i < tried.length; i++) {
      if (costs[i] <= bound) {
        double exact = cost(energy, along(list, tried[i]), around.apart[list][i]);
        if (exact < cost || (exact == cost && tried[i] < best)) {
          cost = exact;
          best = tried[i];
        }
      }
    }
    return best;
  }

  /** Returns the cost of the list found last, relative to ‖r‖²; +∞ if there was none. */
  double cost() {
    return cost;
  }

  /** ⟨r, c − c′⟩, in a fixed order. */
  private double along(int list, int other) {
    double sum = 0;
    for (int d = 0; d < residual.length; d++) {
      sum += residual[d] * difference(centroids, list, other, d);
    }
    return sum;
  }

  // x − c′ = r + (c − c′). Increasing in `along` where that is above −‖r‖², below which no centroid
  // lies that is not nearer than the own one.
  private static double cost(double energy, double along, double apart) {
    double parallel = Math.max(0, energy + along) / energy;
    return (energy + 2 * along + apart) / energy + LAMBDA * parallel * parallel;
  }
}

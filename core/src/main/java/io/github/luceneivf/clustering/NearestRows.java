// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.kernel.VectorKernel;
import java.io.IOException;
import java.util.Arrays;

/**
 * Exact nearest rows of many queries by brute force: a matrix product of tiles of rows and panels
 * of queries, of which only what is nearer than a query's k-th so far leaves the registers. Ranks
 * by {@code ‖x‖²/2 − ⟨x, q⟩} about the rows' mean, or by {@code −⟨x, q⟩}; the result depends
 * neither on the kernel nor on the number of threads.
 */
public final class NearestRows {

  private static final int PANEL = VectorKernel.PANEL;

  /** Rows of a tile; a multiple of the 6 that the fastest kernel holds in registers. */
  private static final int TILE = 96;

  /** Floats of a tile at most, so that it stays in the second-level cache beside a panel. */
  private static final int TILE_FLOATS = 1 << 16;

  /** Multiply-adds of a range: some 2 ms of fast code. */
  private static final long RANGE_WORK = 1L << 27;

  private final VectorKernel kernel = Kernels.get();
  private final FloatMatrix rows;
  private final Metric metric;
  private final float[] mean;
  private final int queries;
  private final float[] panels;
  private final int tileRows;
  private final Scratch[] scratches;
  private final Eligible eligible;

  private NearestRows(FloatMatrix rows, FloatMatrix queries, Wanted wanted, Workers workers) {
    int dim = rows.dim();
    this.eligible = wanted.eligible;
    this.rows = rows;
    this.metric = wanted.metric;
    this.mean = wanted.metric == Metric.INNER_PRODUCT ? new float[dim] : rows.mean();
    this.queries = queries.rows();
    float[] shifted = queries.values().clone();
    for (int i = 0; i < shifted.length; i++) {
      shifted[i] -= mean[i % dim];
    }
    this.panels = VectorKernel.panels(shifted, queries.rows(), dim);
    this.tileRows = Math.max(6, Math.min(TILE_FLOATS / dim / 6 * 6, TILE));
    this.scratches = new Scratch[workers.count()];
    Arrays.setAll(scratches, _ -> new Scratch(Math.min(wanted.k, rows.rows())));
  }

  /**
   * Returns the nearest of the rows that each query may find, at most k of them [queries][≤ k],
   * nearest first, lower rows first among equals.
   */
  public static int[][] find(
      FloatMatrix rows, FloatMatrix queries, Wanted wanted, Workers workers, Workers.Tick tick)
      throws IOException {
    NearestRows nearest = new NearestRows(rows, queries, wanted, workers);
    long work = (long) queries.rows() * rows.dim() * nearest.tileRows;
    int step = nearest.tileRows * (int) Math.clamp(RANGE_WORK / Math.max(work, 1), 1, 64);
    workers.run(
        rows.rows(),
        step,
        (worker, from, to) -> {
          for (int row = from; row < to; row += nearest.tileRows) {
            nearest.scratches[worker].tile(row, Math.min(nearest.tileRows, to - row));
          }
        },
        tick);
    return nearest.join();
  }

  private int[][] join() {
    int[][] neighbors = new int[queries][];
    for (int q = 0; q < queries; q++) {
      NearestQueue queue = scratches[0].queues[q];
      for (int worker = 1; worker < scratches.length; worker++) {
        queue.offerAll(scratches[worker].queues[q]);
      }
      neighbors[q] = new int[queue.size()];
      queue.drain(neighbors[q]);
    }
    return neighbors;
  }

  /**
   * What is to be found.
   *
   * @param k neighbours of each query
   * @param metric by which they are near
   * @param eligible the rows that a query may find
   */
  public record Wanted(int k, Metric metric, Eligible eligible) {
    /** Wants the nearest of all rows. */
    public Wanted(int k, Metric metric) {
      this(k, metric, (_, _) -> true);
    }
  }

  /** Tells whether a query may find a row; asked only of rows near enough. */
  @FunctionalInterface
  public interface Eligible {
    /** Returns whether it may. */
    boolean accepts(int query, int row);
  }

  /** What one worker has found, and its room to work in. */
  private final class Scratch {
    private final NearestQueue[] queues = new NearestQueue[queries];
    private final float[] bounds = new float[(queries + PANEL - 1) / PANEL * PANEL];
    private final float[] tile = new float[tileRows * rows.dim()];
    private final float[] halfNorms = new float[tileRows];
    private final int[] pairs = new int[tileRows * PANEL];
    private final float[] values = new float[tileRows * PANEL];

    Scratch(int k) {
      Arrays.setAll(queues, _ -> new NearestQueue(k));
      Arrays.fill(bounds, Float.NEGATIVE_INFINITY);
      Arrays.fill(bounds, 0, queries, Float.POSITIVE_INFINITY);
    }

    void tile(int first, int count) {
      int dim = rows.dim();
      for (int i = 0; i < count; i++) {
        int at = (first + i) * dim;
        for (int d = 0; d < dim; d++) {
          tile[i * dim + d] = rows.values()[at + d] - mean[d];
        }
        if (metric != Metric.INNER_PRODUCT) {
          halfNorms[i] = (float) (Assigner.squaredDistance(rows.values(), at, mean, 0, dim) / 2);
        }
      }
      for (int lane = 0; lane < queries; lane += PANEL) {
        int found =
            kernel.within(
                tile, 0, count, halfNorms, panels, lane * dim, dim, bounds, lane, pairs, values);
        for (int i = 0; i < found; i++) {
          int query = lane + pairs[i] % PANEL;
          int row = first + pairs[i] / PANEL;
          if (eligible.accepts(query, row)) {
            queues[query].offer(values[i], row);
            bounds[query] = queues[query].bound();
          }
        }
      }
    }
  }
}

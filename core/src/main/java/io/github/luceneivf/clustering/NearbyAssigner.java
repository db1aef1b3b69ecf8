// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.kernel.VectorKernel;
import java.io.IOException;
import java.util.Arrays;

/**
 * Assigns rows to the nearest of the centroids around the one they had. Rows are taken list by
 * list, so the centroids around one are panels of the same kernel that exact assignment runs on.
 *
 * <p>After centroids moved a little, rows that change lists nearly always go to a neighbour, so the
 * nearest is found for all but a few per mille; and as the own one is among those tried, the
 * objective never rises.
 */
final class NearbyAssigner {

  private static final int LISTS_PER_RANGE = 4;

  private final VectorKernel kernel = Kernels.get();
  private final FloatMatrix rows;
  private final float[] mean;
  private final FloatMatrix centroids;
  private final Workers workers;

  NearbyAssigner(FloatMatrix rows, float[] mean, FloatMatrix centroids, Workers workers) {
    this.rows = rows;
    this.mean = mean;
    this.centroids = centroids;
    this.workers = workers;
  }

  /**
   * Assigns all rows.
   *
   * @param last lists of the rows before the centroids moved
   * @param tried centroids around its last one that a row tries
   */
  Assignment assign(Assignment last, int tried, Workers.Tick tick) throws IOException {
    int[][] nearby =
        NearestRows.find(
            centroids,
            centroids,
            new NearestRows.Wanted(tried, Metric.EUCLIDEAN),
            workers,
            share -> tick.tick(0));
    ListMembers members = ListMembers.of(last);
    int[] lists = new int[last.size()];
    float[] distances = new float[last.size()];
    Scratch[] scratches = new Scratch[workers.count()];
    Arrays.setAll(scratches, _ -> new Scratch(lists, distances, tried));
    workers.run(
        centroids.rows(),
        LISTS_PER_RANGE,
        (worker, from, to) -> {
          for (int list = from; list < to; list++) {
            scratches[worker].assign(members, list, nearby[list]);
          }
        },
        tick);
    return Assignment.of(lists, distances, centroids.rows());
  }

  /** The room of one worker; {@code lists} and {@code distances} are everybody's. */
  private final class Scratch {
    private final int dim = rows.dim();
    private final int[] lists;
    private final float[] distances;
    private final float[] around;
    private final float[] tile = new float[Assigner.tileRows(dim) * dim];
    private final int[] nearest = new int[Assigner.tileRows(dim)];
    private final float[] values = new float[Assigner.tileRows(dim)];

    Scratch(int[] lists, float[] distances, int tried) {
      this.lists = lists;
      this.distances = distances;
      this.around = new float[tried * dim];
    }

    void assign(ListMembers members, int list, int[] nearby) {
      if (members.size(list) == 0) {
        return;
      }
      Arrays.sort(nearby);
      for (int i = 0; i < nearby.length; i++) {
        shift(centroids, nearby[i], around, i);
      }
      float[] panels = VectorKernel.panels(around, nearby.length, dim);
      float[] halfNorms = VectorKernel.halfNorms(around, nearby.length, dim);
      int to = members.offsets()[list + 1];
      for (int from = members.offsets()[list]; from < to; from += nearest.length) {
        int count = Math.min(nearest.length, to - from);
        for (int i = 0; i < count; i++) {
          shift(rows, members.rows()[from + i], tile, i);
        }
        kernel.nearest(tile, 0, count, panels, halfNorms, nearby.length, dim, nearest, values, 0);
        for (int i = 0; i < count; i++) {
          put(members.rows()[from + i], nearby[nearest[i]]);
        }
      }
    }

    private void put(int row, int list) {
      lists[row] = list;
      distances[row] =
          (float)
              Assigner.squaredDistance(
                  rows.values(), row * dim, centroids.values(), list * dim, dim);
    }

    private void shift(FloatMatrix from, int row, float[] to, int toRow) {
      Assigner.shift(from.values(), row * dim, mean, to, toRow * dim);
    }
  }
}

package io.github.luceneivf.clustering;

import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.kernel.VectorKernel;
import java.io.IOException;
import java.util.Arrays;

/**
 * Assigns rows to the nearest of some centroids only: those around an anchor that the row is known
 * to be near. Rows are taken anchor by anchor, so the centroids around one are panels of the same
 * kernel that exact assignment runs on.
 *
 * <p>It serves two purposes. After centroids moved a little, each row tries the centroids around
 * the one it had: rows that change lists nearly always go to a neighbour, so the nearest is found
 * for all but a few per mille, and as the own one is among them the objective never rises. And for
 * a first assignment, rows are assigned exactly to a few anchors, and try the centroids around
 * theirs.
 */
final class NearbyAssigner {

  private static final int ANCHORS_PER_RANGE = 4;

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
   * @param anchors [anchors × dim]
   * @param anchorOf the anchor of each row
   * @param tried centroids around its anchor that a row tries
   */
  Assignment assign(FloatMatrix anchors, Assignment anchorOf, int tried, Workers.Tick tick)
      throws IOException {
    int[][] nearby =
        NearestRows.find(
            centroids, anchors, tried, Metric.EUCLIDEAN, workers, share -> tick.tick(0));
    ListMembers members = ListMembers.of(anchorOf);
    int[] lists = new int[anchorOf.size()];
    float[] distances = new float[anchorOf.size()];
    Scratch[] scratches = new Scratch[workers.count()];
    Arrays.setAll(scratches, _ -> new Scratch(lists, distances, tried));
    workers.run(
        anchors.rows(),
        ANCHORS_PER_RANGE,
        (worker, from, to) -> {
          for (int anchor = from; anchor < to; anchor++) {
            scratches[worker].assign(members, anchor, nearby[anchor]);
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

    void assign(ListMembers members, int anchor, int[] nearby) {
      if (members.size(anchor) == 0) {
        return;
      }
      Arrays.sort(nearby);
      for (int i = 0; i < nearby.length; i++) {
        shift(centroids, nearby[i], around, i);
      }
      float[] panels = VectorKernel.panels(around, nearby.length, dim);
      float[] halfNorms = VectorKernel.halfNorms(around, nearby.length, dim);
      int to = members.offsets()[anchor + 1];
      for (int from = members.offsets()[anchor]; from < to; from += nearest.length) {
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
      for (int d = 0; d < dim; d++) {
        to[toRow * dim + d] = from.values()[row * dim + d] - mean[d];
      }
    }
  }
}

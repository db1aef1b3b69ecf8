// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import java.util.Optional;

/**
 * Describes a 16 × 16 patch of an image by histograms of its gradients, 4 × 4 cells of 8
 * orientations (D. Lowe: Distinctive image features from scale-invariant keypoints, section 6):
 * weighted by a Gaussian around the middle, spread over neighbouring cells and orientations, of
 * unit length, cut at 0.2, of unit length again, times 512 as bytes. Thread-safe.
 */
final class PatchDescriptor {

  /** Components of a descriptor. */
  static final int DIM = 128;

  /** Pixels along a side of the patch. */
  static final int SIDE = 16;

  private static final int CELLS = 4;
  private static final int BINS = 8;
  private static final double CUT = 0.2;
  private static final double SIGMA = SIDE / 2.0;

  /** Sum of gradients below which a patch counts as flat. */
  private static final double LEAST_ENERGY = 8 * SIDE * SIDE;

  /** Gradients of bytes lie in [−STEEPEST, STEEPEST]. */
  private static final int STEEPEST = 255;

  private static final int STEPS = 2 * STEEPEST + 1;

  /** [STEPS × STEPS] by vertical, then horizontal gradient: its length, its direction in bins. */
  private final double[] lengths = new double[STEPS * STEPS];

  private final double[] directions = new double[STEPS * STEPS];

  /** [SIDE × SIDE] */
  private final double[] weights = new double[SIDE * SIDE];

  private final int imageSide;

  /** For square images of {@code imageSide} pixels a side. */
  PatchDescriptor(int imageSide) {
    this.imageSide = imageSide;
    for (int dy = -STEEPEST; dy <= STEEPEST; dy++) {
      for (int dx = -STEEPEST; dx <= STEEPEST; dx++) {
        lengths[at(dx, dy)] = Math.sqrt(dx * dx + dy * dy);
        double turns = StrictMath.atan2(dy, dx) / (2 * Math.PI);
        directions[at(dx, dy)] = (turns + 1) * BINS;
      }
    }
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        double fromMiddleX = x - (SIDE - 1) / 2.0;
        double fromMiddleY = y - (SIDE - 1) / 2.0;
        double squared = fromMiddleX * fromMiddleX + fromMiddleY * fromMiddleY;
        weights[y * SIDE + x] = StrictMath.exp(-squared / (2 * SIGMA * SIGMA));
      }
    }
  }

  private static int at(int dx, int dy) {
    return (dy + STEEPEST) * STEPS + dx + STEEPEST;
  }

  /**
   * Describes the patch whose first pixel is (left, top); none if the patch is nearly flat.
   *
   * @param image [imageSide × imageSide] values 0 to 255
   */
  Optional<byte[]> describe(float[] image, int left, int top) {
    double[] histogram = new double[DIM];
    double energy = 0;
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        int dx = pixel(image, left + x + 1, top + y) - pixel(image, left + x - 1, top + y);
        int dy = pixel(image, left + x, top + y + 1) - pixel(image, left + x, top + y - 1);
        double length = lengths[at(dx, dy)];
        if (length > 0) {
          energy += length;
          spread(histogram, x, y, directions[at(dx, dy)], length * weights[y * SIDE + x]);
        }
      }
    }
    return energy < LEAST_ENERGY ? Optional.empty() : Optional.of(bytes(histogram));
  }

  /** Pixels outside the image are those of its edge. */
  private int pixel(float[] image, int x, int y) {
    int inX = Math.clamp(x, 0, imageSide - 1);
    int inY = Math.clamp(y, 0, imageSide - 1);
    return (int) image[inY * imageSide + inX];
  }

  /** Shares a gradient among the nearest 2 × 2 cells and 2 orientations. */
  private static void spread(double[] histogram, int x, int y, double bin, double weight) {
    double cellX = cell(x);
    double cellY = cell(y);
    int firstX = (int) Math.floor(cellX);
    int firstY = (int) Math.floor(cellY);
    int firstBin = (int) bin;
    for (int iy = firstY; iy <= firstY + 1; iy++) {
      for (int ix = firstX; ix <= firstX + 1; ix++) {
        if (ix >= 0 && ix < CELLS && iy >= 0 && iy < CELLS) {
          double share = weight * (1 - Math.abs(cellX - ix)) * (1 - Math.abs(cellY - iy));
          double later = bin - firstBin;
          int cell = (iy * CELLS + ix) * BINS;
          histogram[cell + firstBin % BINS] += share * (1 - later);
          histogram[cell + (firstBin + 1) % BINS] += share * later;
        }
      }
    }
  }

  /** Returns where a pixel lies, in cells from the middle of the first one. */
  private static double cell(int pixel) {
    int width = SIDE / CELLS;
    return (pixel - (width - 1) / 2.0) / width;
  }

  private static byte[] bytes(double[] histogram) {
    scale(histogram, 1 / length(histogram));
    for (int i = 0; i < DIM; i++) {
      histogram[i] = Math.min(histogram[i], CUT);
    }
    scale(histogram, 512 / length(histogram));
    byte[] bytes = new byte[DIM];
    for (int i = 0; i < DIM; i++) {
      bytes[i] = (byte) Math.min(STEEPEST, Math.round(histogram[i]));
    }
    return bytes;
  }

  private static double length(double[] x) {
    double squares = 0;
    for (double value : x) {
      squares += value * value;
    }
    return Math.sqrt(squares);
  }

  private static void scale(double[] x, double by) {
    for (int i = 0; i < x.length; i++) {
      x[i] *= by;
    }
  }
}

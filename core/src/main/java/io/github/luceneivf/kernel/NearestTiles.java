// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.kernel;

import static io.github.luceneivf.kernel.PanamaKernel.FLOATS;
import static io.github.luceneivf.kernel.PanamaKernel.LANES;
import static io.github.luceneivf.kernel.VectorKernel.PANEL;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Assignment as a matrix product whose result is never stored. A tile of six rows and four
 * registers of centroids lives in 24 registers (512-bit machines have 32) while the dimensions go
 * by: ten loads for 24 multiply-adds. Then each row's products are compared with its best so far.
 * Narrower machines have 16 registers and take tiles of two rows, as does what six do not divide.
 *
 * <p>Panels are the outer loop: one panel and the caller's batch of rows share the second-level
 * cache. The register tile follows Goto and van de Geijn, "Anatomy of High-Performance Matrix
 * Multiplication", ACM TOMS 34(3), 2008, section 4.
 */
final class NearestTiles {

  /**
   * Dot products of a tile, between the method that computes and the one that compares: together
   * they are too much for the compiler to keep vectors out of the heap.
   */
  private static final ThreadLocal<float[]> DOTS =
      ThreadLocal.withInitial(() -> new float[6 * PANEL]);

  private NearestTiles() {}

  static void nearest(
      float[] rows,
      int rowsOffset,
      int rowCount,
      float[] panels,
      float[] halfNorms,
      int centroidCount,
      int dim,
      int[] nearest,
      float[] values,
      int outOffset) {
    Arrays.fill(nearest, outOffset, outOffset + rowCount, 0);
    Arrays.fill(values, outOffset, outOffset + rowCount, Float.POSITIVE_INFINITY);
    float[] dots = DOTS.get();
    for (int first = 0; first < centroidCount; first += 4 * LANES) {
      int panel = first / PANEL * PANEL * dim + first % PANEL;
      int r = 0;
      if (LANES == 16) {
        for (; r + 6 <= rowCount; r += 6) {
          tile6(rows, rowsOffset + r * dim, panels, panel, dim, dots);
          for (int i = 0; i < 6; i++) {
            update(dots, i * PANEL, halfNorms, first, nearest, values, outOffset + r + i);
          }
        }
      }
      for (; r < rowCount; r += 2) {
        int second = Math.min(r + 1, rowCount - 1);
        tile2(rows, rowsOffset + r * dim, rowsOffset + second * dim, panels, panel, dim, dots);
        update(dots, 0, halfNorms, first, nearest, values, outOffset + r);
        update(dots, PANEL, halfNorms, first, nearest, values, outOffset + second);
      }
    }
  }

  static int within(
      float[] rows,
      int rowsOffset,
      int rowCount,
      float[] halfNorms,
      float[] panels,
      int panelOffset,
      int dim,
      float[] bounds,
      int boundsOffset,
      int[] pairs,
      float[] values) {
    float[] dots = DOTS.get();
    int found = 0;
    int step = LANES == 16 ? 6 : 2;
    for (int r = 0; r < rowCount; ) {
      int count = r + step <= rowCount ? step : Math.min(2, rowCount - r);
      for (int first = 0; first < PANEL; first += 4 * LANES) {
        int row = rowsOffset + r * dim;
        if (count == 6) {
          tile6(rows, row, panels, panelOffset + first, dim, dots);
        } else {
          tile2(rows, row, row + (count - 1) * dim, panels, panelOffset + first, dim, dots);
        }
        for (int i = 0; i < count; i++) {
          int pair = (r + i) * PANEL + first;
          int bound = boundsOffset + first;
          found =
              collect(dots, i * PANEL, halfNorms[r + i], bounds, bound, pair, pairs, values, found);
        }
      }
      r += count;
    }
    return found;
  }

  /** Appends the lanes of one row in one tile that are within their bounds. */
  private static int collect(
      float[] dots,
      int from,
      float halfNorm,
      float[] bounds,
      int boundsOffset,
      int pair,
      int[] pairs,
      float[] values,
      int found) {
    int to = found;
    for (int j = 0; j < 4 * LANES; j += LANES) {
      FloatVector value =
          FloatVector.broadcast(FLOATS, halfNorm)
              .sub(FloatVector.fromArray(FLOATS, dots, from + j));
      FloatVector bound = FloatVector.fromArray(FLOATS, bounds, boundsOffset + j);
      long near = value.compare(VectorOperators.LE, bound).toLong();
      for (; near != 0; near &= near - 1) {
        int lane = j + Long.numberOfTrailingZeros(near);
        pairs[to] = pair + lane;
        values[to++] = halfNorm - dots[from + lane];
      }
    }
    return to;
  }

  private static void tile6(
      float[] rows, int row, float[] panels, int panel, int dim, float[] dots) {
    int r1 = row + dim;
    int r2 = row + 2 * dim;
    int r3 = row + 3 * dim;
    int r4 = row + 4 * dim;
    int r5 = row + 5 * dim;
    FloatVector s00 = FloatVector.zero(FLOATS);
    FloatVector s01 = s00;
    FloatVector s02 = s00;
    FloatVector s03 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s12 = s00;
    FloatVector s13 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s22 = s00;
    FloatVector s23 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    FloatVector s32 = s00;
    FloatVector s33 = s00;
    FloatVector s40 = s00;
    FloatVector s41 = s00;
    FloatVector s42 = s00;
    FloatVector s43 = s00;
    FloatVector s50 = s00;
    FloatVector s51 = s00;
    FloatVector s52 = s00;
    FloatVector s53 = s00;
    for (int d = 0; d < dim; d++) {
      int at = panel + d * PANEL;
      FloatVector c0 = FloatVector.fromArray(FLOATS, panels, at);
      FloatVector c1 = FloatVector.fromArray(FLOATS, panels, at + LANES);
      FloatVector c2 = FloatVector.fromArray(FLOATS, panels, at + 2 * LANES);
      FloatVector c3 = FloatVector.fromArray(FLOATS, panels, at + 3 * LANES);
      FloatVector x0 = FloatVector.broadcast(FLOATS, rows[row + d]);
      s00 = x0.fma(c0, s00);
      s01 = x0.fma(c1, s01);
      s02 = x0.fma(c2, s02);
      s03 = x0.fma(c3, s03);
      FloatVector x1 = FloatVector.broadcast(FLOATS, rows[r1 + d]);
      s10 = x1.fma(c0, s10);
      s11 = x1.fma(c1, s11);
      s12 = x1.fma(c2, s12);
      s13 = x1.fma(c3, s13);
      FloatVector x2 = FloatVector.broadcast(FLOATS, rows[r2 + d]);
      s20 = x2.fma(c0, s20);
      s21 = x2.fma(c1, s21);
      s22 = x2.fma(c2, s22);
      s23 = x2.fma(c3, s23);
      FloatVector x3 = FloatVector.broadcast(FLOATS, rows[r3 + d]);
      s30 = x3.fma(c0, s30);
      s31 = x3.fma(c1, s31);
      s32 = x3.fma(c2, s32);
      s33 = x3.fma(c3, s33);
      FloatVector x4 = FloatVector.broadcast(FLOATS, rows[r4 + d]);
      s40 = x4.fma(c0, s40);
      s41 = x4.fma(c1, s41);
      s42 = x4.fma(c2, s42);
      s43 = x4.fma(c3, s43);
      FloatVector x5 = FloatVector.broadcast(FLOATS, rows[r5 + d]);
      s50 = x5.fma(c0, s50);
      s51 = x5.fma(c1, s51);
      s52 = x5.fma(c2, s52);
      s53 = x5.fma(c3, s53);
    }
    s00.intoArray(dots, 0);
    s01.intoArray(dots, LANES);
    s02.intoArray(dots, 2 * LANES);
    s03.intoArray(dots, 3 * LANES);
    s10.intoArray(dots, PANEL);
    s11.intoArray(dots, PANEL + LANES);
    s12.intoArray(dots, PANEL + 2 * LANES);
    s13.intoArray(dots, PANEL + 3 * LANES);
    s20.intoArray(dots, 2 * PANEL);
    s21.intoArray(dots, 2 * PANEL + LANES);
    s22.intoArray(dots, 2 * PANEL + 2 * LANES);
    s23.intoArray(dots, 2 * PANEL + 3 * LANES);
    s30.intoArray(dots, 3 * PANEL);
    s31.intoArray(dots, 3 * PANEL + LANES);
    s32.intoArray(dots, 3 * PANEL + 2 * LANES);
    s33.intoArray(dots, 3 * PANEL + 3 * LANES);
    s40.intoArray(dots, 4 * PANEL);
    s41.intoArray(dots, 4 * PANEL + LANES);
    s42.intoArray(dots, 4 * PANEL + 2 * LANES);
    s43.intoArray(dots, 4 * PANEL + 3 * LANES);
    s50.intoArray(dots, 5 * PANEL);
    s51.intoArray(dots, 5 * PANEL + LANES);
    s52.intoArray(dots, 5 * PANEL + 2 * LANES);
    s53.intoArray(dots, 5 * PANEL + 3 * LANES);
  }

  private static void tile2(
      float[] rows, int row, int second, float[] panels, int panel, int dim, float[] dots) {
    FloatVector s00 = FloatVector.zero(FLOATS);
    FloatVector s01 = s00;
    FloatVector s02 = s00;
    FloatVector s03 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s12 = s00;
    FloatVector s13 = s00;
    for (int d = 0; d < dim; d++) {
      int at = panel + d * PANEL;
      FloatVector c0 = FloatVector.fromArray(FLOATS, panels, at);
      FloatVector c1 = FloatVector.fromArray(FLOATS, panels, at + LANES);
      FloatVector c2 = FloatVector.fromArray(FLOATS, panels, at + 2 * LANES);
      FloatVector c3 = FloatVector.fromArray(FLOATS, panels, at + 3 * LANES);
      FloatVector x0 = FloatVector.broadcast(FLOATS, rows[row + d]);
      s00 = x0.fma(c0, s00);
      s01 = x0.fma(c1, s01);
      s02 = x0.fma(c2, s02);
      s03 = x0.fma(c3, s03);
      FloatVector x1 = FloatVector.broadcast(FLOATS, rows[second + d]);
      s10 = x1.fma(c0, s10);
      s11 = x1.fma(c1, s11);
      s12 = x1.fma(c2, s12);
      s13 = x1.fma(c3, s13);
    }
    s00.intoArray(dots, 0);
    s01.intoArray(dots, LANES);
    s02.intoArray(dots, 2 * LANES);
    s03.intoArray(dots, 3 * LANES);
    s10.intoArray(dots, PANEL);
    s11.intoArray(dots, PANEL + LANES);
    s12.intoArray(dots, PANEL + 2 * LANES);
    s13.intoArray(dots, PANEL + 3 * LANES);
  }

  /** Compares the values of one row in one tile with its best so far; ties keep the lower list. */
  private static void update(
      float[] dots,
      int from,
      float[] halfNorms,
      int first,
      int[] nearest,
      float[] values,
      int out) {
    float best = values[out];
    for (int j = 0; j < 4 * LANES; j += LANES) {
      FloatVector value =
          FloatVector.fromArray(FLOATS, halfNorms, first + j)
              .sub(FloatVector.fromArray(FLOATS, dots, from + j));
      VectorMask<Float> better = value.compare(VectorOperators.LT, best);
      if (better.anyTrue()) {
        best = value.reduceLanes(VectorOperators.MIN, better);
        values[out] = best;
        nearest[out] = first + j + value.compare(VectorOperators.EQ, best).firstTrue();
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The scale of the grid against all scales. */
class GridCodeTest {

  private final Random random = new Random(4);

  private float[] residual(int dim, int round) {
    float[] r = QuantizationData.gaussian(random, 1, dim, Math.pow(10, round % 7 - 3));
    if (round % 3 == 0) {
      r[random.nextInt(dim)] *= 8; // an outlier
    }
    return r;
  }

  private static double cosine(double dot, double norm, double energy) {
    return dot / Math.sqrt(norm * energy);
  }

  /** The best cosine that any of many scales gives. */
  private static double best(float[] r, int levels) {
    double max = 0;
    double energy = 0;
    for (float value : r) {
      max = Math.max(max, Math.abs(value));
      energy += (double) value * value;
    }
    double best = 0;
    int half = levels / 2;
    for (int i = 1; i <= 3000; i++) {
      double step = max * i / 3000;
      double dot = 0;
      double norm = 0;
      for (float value : r) {
        double v = Math.clamp(Math.floor(value / step), -half, half - 1) + 0.5;
        dot += v * value;
        norm += v * v;
      }
      best = Math.max(best, cosine(dot, norm, energy));
    }
    return best;
  }

  @Test
  void fourLevelsHaveTheBestScale() {
    for (int round = 0; round < 60; round++) {
      int dim = 32 * (1 + random.nextInt(6));
      float[] r = residual(dim, round);
      GridCode code = new GridCode(dim);
      byte[] record = new byte[dim / 4];
      code.encode2(r, new float[dim], 0, record, 0);
      double norm = 0;
      for (int i = 0; i < dim; i++) {
        int level = (record[i / 8] >>> (i % 8) & 1) + 2 * (record[dim / 8 + i / 8] >>> (i % 8) & 1);
        norm += (level - 1.5) * (level - 1.5);
      }
      double cosine = cosine(code.codeDot(), norm, code.energy());
      assertTrue(cosine >= best(r, 4) - 1e-6, "dim " + dim + ": " + cosine);
    }
  }

  @Test
  void sixteenLevelsHaveNearlyTheBestScale() {
    for (int round = 1; round < 60; round++) {
      int dim = 32 * (1 + random.nextInt(6));
      float[] r = residual(dim, round % 3 == 0 ? 1 : round);
      GridCode code = new GridCode(dim);
      byte[] record = new byte[dim / 2];
      code.encode4(r, new float[dim], 0, record, 0);
      double norm = 0;
      for (int i = 0; i < dim; i++) {
        int level = record[i / 2] >>> (i % 2 * 4) & 15;
        norm += (level - 7.5) * (level - 7.5);
      }
      double lost = 1 / Math.pow(cosine(code.codeDot(), norm, code.energy()), 2) - 1;
      double least = 1 / Math.pow(best(r, 16), 2) - 1;
      assertTrue(lost <= 1.4 * least, "dim " + dim + ": " + lost + " against " + least);
    }
  }

  @Test
  void zeroCountsAsPositiveWhateverItsSign() {
    GridCode code = new GridCode(32);
    float[] r = new float[32];
    r[1] = -0f;
    r[2] = 1;
    r[3] = -1;
    byte[] record = new byte[8];
    code.encode2(r, new float[32], 0, record, 0);
    assertEquals(0b0111, record[4] & 15);
    assertEquals(0b0100, record[0] & 15);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.recall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecallFigureTest {

  private static RecallFigure of(double... recalls) {
    return RecallFigure.of(10, "default", recalls, 1, 1);
  }

  @Test
  void sumsUp() {
    double[] recalls = new double[100];
    Arrays.fill(recalls, 1);
    Arrays.fill(recalls, 0, 3, 0);
    Arrays.fill(recalls, 3, 10, 0.5);
    RecallFigure figure = of(recalls);
    assertEquals(0.935, figure.mean(), 1e-12);
    assertEquals(0.03, figure.nothing(), 1e-12);
    assertEquals(0.5, figure.fifth());
    assertEquals(100, figure.queries());
  }

  /** Of a hundred samples of a known mean, about 95 have it in their interval. */
  @Test
  void intervalHasTheTrueMean() {
    Random random = new Random(6);
    int good = 0;
    for (int sample = 0; sample < 1000; sample++) {
      double[] recalls = new double[200];
      for (int i = 0; i < recalls.length; i++) {
        recalls[i] = random.nextDouble() < 0.7 ? 1 : 0.1 * random.nextInt(10);
      }
      RecallFigure figure = of(recalls);
      double mean = 0.7 + 0.3 * 0.45;
      good += figure.low() <= mean && mean <= figure.high() ? 1 : 0;
    }
    assertTrue(good > 920 && good < 980, "intervals with the mean: " + good);
  }

  @Test
  void perfectAnswersDoNotProvePerfection() {
    double[] recalls = new double[300];
    Arrays.fill(recalls, 1);
    RecallFigure figure = of(recalls);
    assertEquals(0.99, figure.low(), 1e-12);
    assertEquals(1, figure.high());
    assertTrue(of(1).low() <= 0.01);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SpreadTest {

  @Test
  void knowsMeanAndDeviationFarFromZero() {
    Spread spread = new Spread();
    Random random = new Random(3);
    int n = 10_000;
    double[] numbers = random.doubles(n, 1e6, 1e6 + 2).toArray();
    double sum = 0;
    for (double number : numbers) {
      spread.add(number);
      sum += number - 1e6;
    }
    double mean = 1e6 + sum / n;
    double squares = 0;
    for (double number : numbers) {
      squares += (number - mean) * (number - mean);
    }
    assertEquals(n, spread.count());
    assertEquals(mean, spread.mean(), 1e-8);
    assertEquals(Math.sqrt(squares / (n - 1)), spread.deviation(), 1e-8);
  }

  @Test
  void leavesOutWhatIsNotFinite() {
    Spread spread = new Spread();
    spread.add(Double.NaN);
    spread.add(Double.POSITIVE_INFINITY);
    assertEquals(0, spread.count());
    assertEquals(0, spread.deviation());
    spread.add(4);
    assertEquals(4, spread.mean());
    assertEquals(0, spread.deviation());
  }
}

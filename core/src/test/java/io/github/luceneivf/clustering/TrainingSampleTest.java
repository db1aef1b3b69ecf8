// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TrainingSampleTest {

  /** Rows (i, −i). */
  private static FloatMatrix numbered(int n) {
    float[] values = new float[2 * n];
    for (int i = 0; i < n; i++) {
      values[2 * i] = i;
      values[2 * i + 1] = -i;
    }
    return new FloatMatrix(values, n, 2);
  }

  private static FloatMatrix draw(int n, int maxRows, long seed) throws IOException {
    return TrainingSample.draw(numbered(n).asSource(), maxRows, seed, () -> {});
  }

  @Test
  void smallSourcesAreTakenWhole() throws IOException {
    assertArrayEquals(numbered(100).values(), draw(100, 100, 1).values());
    assertArrayEquals(numbered(100).values(), draw(100, 5000, 1).values());
    assertEquals(0, draw(0, 10, 1).rows());
  }

  @Test
  void rowsAreDistinctAndInOrder() throws IOException {
    FloatMatrix sample = draw(5000, 700, 3);
    assertEquals(700, sample.rows());
    for (int i = 0; i < 700; i++) {
      assertEquals(-sample.values()[2 * i], sample.values()[2 * i + 1]);
      assertTrue(i == 0 || sample.values()[2 * i] > sample.values()[2 * i - 2]);
    }
  }

  @Test
  void theSeedDecides() throws IOException {
    assertArrayEquals(draw(3000, 50, 9).values(), draw(3000, 50, 9).values());
    assertFalse(Arrays.equals(draw(3000, 50, 9).values(), draw(3000, 50, 10).values()));
  }

  @Test
  void everyRowIsEquallyLikely() throws IOException {
    int[] counts = new int[40];
    for (int seed = 0; seed < 4000; seed++) {
      FloatMatrix sample = draw(40, 10, seed);
      for (int i = 0; i < 10; i++) {
        counts[(int) sample.values()[2 * i]]++;
      }
    }
    // 1000 expected each, standard deviation 27.
    for (int count : counts) {
      assertTrue(count > 860 && count < 1140, Arrays.toString(counts));
    }
  }

  @Test
  void theCheckMayStopIt() {
    IOException e =
        assertThrows(
            IOException.class,
            () ->
                TrainingSample.draw(
                    numbered(10).asSource(),
                    5,
                    1,
                    () -> {
                      throw new IOException("aborted");
                    }));
    assertEquals("aborted", e.getMessage());
  }

  @Test
  void sourcesThatEndEarlyAreAnError() {
    VectorSource lying =
        new VectorSource() {
          @Override
          public int size() {
            return 10;
          }

          @Override
          public int dim() {
            return 2;
          }

          @Override
          public void forEachBatch(int batchSize, BatchConsumer consumer) throws IOException {
            numbered(4).asSource().forEachBatch(batchSize, consumer);
          }
        };
    assertThrows(IOException.class, () -> TrainingSample.draw(lying, 10, 1, () -> {}));
  }

  @Test
  void zeroRowsAreRefused() {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> draw(10, 0, 1));
    assertEquals("maxRows must be at least 1, got: 0", e.getMessage());
  }
}

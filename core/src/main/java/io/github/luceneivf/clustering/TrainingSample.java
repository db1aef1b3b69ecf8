// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import java.io.IOException;
import java.util.SplittableRandom;

/**
 * Seeded sample of a source of vectors. The number of vectors is known, so each is taken with
 * probability (still wanted) / (still to come): Knuth, The Art of Computer Programming 2, section
 * 3.4.2, algorithm S.
 */
public final class TrainingSample {

  private static final int BATCH = 1024;
  private static final int BATCH_FLOATS = 1 << 18;

  private TrainingSample() {}

  /**
   * Draws at most {@code maxRows} vectors, each subset equally likely, in ordinal order; all of
   * them if there are no more. A sample never has more than 2³¹ − 9 floats.
   *
   * @param abort asked between batches
   * @throws IOException what reading threw, or {@code abort}
   * @throws IllegalArgumentException if {@code maxRows} is less than 1
   */
  public static FloatMatrix draw(VectorSource source, int maxRows, long seed, BatchCheck abort)
      throws IOException {
    if (maxRows < 1) {
      throw new IllegalArgumentException("maxRows must be at least 1, got: " + maxRows);
    }
    int n = source.size();
    int dim = source.dim();
    int wanted = Math.min(Math.min(n, maxRows), (Integer.MAX_VALUE - 8) / dim);
    float[] sample = new float[wanted * dim];
    int[] taken = {0};
    SplittableRandom random = new SplittableRandom(seed);
    int batch = Math.clamp(BATCH_FLOATS / dim, 1, BATCH);
    source.forEachBatch(
        batch,
        (rows, firstOrd, count) -> {
          abort.check();
          for (int i = 0; i < count; i++) {
            int left = wanted - taken[0];
            int toCome = n - firstOrd - i;
            if (left > 0 && (left >= toCome || random.nextInt(toCome) < left)) {
              System.arraycopy(rows, i * dim, sample, taken[0]++ * dim, dim);
            }
          }
        });
    if (taken[0] != wanted) {
      throw new IOException(
          "source must push its " + n + " vectors, got fewer: sample has " + taken[0]);
    }
    return new FloatMatrix(sample, wanted, dim);
  }

  /** Asked between batches whether to go on. */
  @FunctionalInterface
  public interface BatchCheck {
    /** Returns to go on, throws to stop. */
    void check() throws IOException;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Rows that are drawn at random, each by a generator of its own, so that bytes depend on the seed
 * and not on threads.
 */
final class SeededRows {

  /** Name of the file of a base. */
  static final String BASE_FILE = "base.fvecs";

  /** Name of the file of queries. */
  static final String QUERIES_FILE = "queries.fvecs";

  /** Stream of the rows of a base. */
  static final long BASE = 0;

  /** Stream of queries: behind that of any base. */
  static final long QUERIES = 1L << 40;

  /** Rows made at once, by all processors, before they are written. */
  private static final int BATCH = 8192;

  /**
   * Apart by this, the generators of two rows draw from different parts of the sequence of
   * SplitMix64 (G. Steele, S. Vigna: Computationally easy, spectrally good multipliers, table 6).
   */
  private static final long ROW_STEP = 0xD1342543DE82EF95L;

  private SeededRows() {}

  /**
   * Checks the sizes of a recipe.
   *
   * @throws IllegalArgumentException if any is less than 1
   */
  static void check(int rows, int dim, int queries) {
    if (rows < 1 || dim < 1 || queries < 1) {
      throw new IllegalArgumentException(
          "rows, dim and queries must be at least 1, got: " + rows + ", " + dim + ", " + queries);
    }
  }

  /**
   * Returns the identity of a recipe.
   *
   * @param kind and version of its code
   */
  static String id(String kind, int rows, int dim, int queries, long seed) {
    return kind + ": rows " + rows + ", dim " + dim + ", queries " + queries + ", seed " + seed;
  }

  /** Draws a row. Thread-safe. */
  interface Draw {
    /**
     * Fills a row.
     *
     * @param into [dim]
     * @return its label
     */
    int row(SplittableRandom random, float[] into);
  }

  /** Writes {@code count} draws of {@code dim} floats; returns the label of each. */
  static int[] write(Path file, int count, int dim, long seed, long stream, Draw draw)
      throws IOException {
    int[] labels = new int[count];
    float[][] batch = new float[Math.min(BATCH, count)][dim];
    try (VecsWriter out = new VecsWriter(file)) {
      for (int from = 0; from < count; from += BATCH) {
        int first = from;
        int size = Math.min(BATCH, count - from);
        IntStream.range(0, size)
            .parallel()
            .forEach(i -> {
              long rowSeed = seed + (1 + stream + first + i) * ROW_STEP;
              labels[first + i] = draw.row(new SplittableRandom(rowSeed), batch[i]);
            });
        for (int i = 0; i < size; i++) {
          out.row(batch[i]);
        }
      }
    }
    return labels;
  }
}

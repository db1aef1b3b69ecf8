// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import java.io.IOException;

/**
 * Vectors that can be read from first to last, as often as wanted: what training samples from and
 * what assignment and encoding run over. It is pushed in batches, because every consumer works on
 * tiles of rows, and a pull of single vectors would cost more than the arithmetic.
 *
 * <p>Not thread-safe; one reader at a time.
 */
public interface VectorSource {

  /** Returns the number of vectors. */
  int size();

  /** Returns the dimension of each vector. */
  int dim();

  /**
   * Pushes every vector, in ordinal order.
   *
   * @param batchSize the most vectors of a batch, at least 1
   * @throws IOException if reading fails, or what the consumer threw
   */
  void forEachBatch(int batchSize, BatchConsumer consumer) throws IOException;

  /** Receives batches of vectors. */
  @FunctionalInterface
  interface BatchConsumer {
    /**
     * Takes one batch.
     *
     * @param rows [count × dim], row-major, from index 0; the consumer may overwrite it but must
     *     not keep it
     * @param firstOrd ordinal of the first row
     * @param count rows in this batch
     */
    void accept(float[] rows, int firstOrd, int count) throws IOException;
  }
}

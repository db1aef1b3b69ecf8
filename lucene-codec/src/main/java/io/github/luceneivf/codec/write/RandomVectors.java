// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.VectorSource;
import java.io.IOException;

/** Vectors that can be read one by one. Not thread-safe; one reader at a time. */
interface RandomVectors extends VectorSource {

  /** Returns what reads vectors, independently of others. */
  Reader reader() throws IOException;

  /** Reads vectors. */
  @FunctionalInterface
  interface Reader {
    /**
     * Reads a vector.
     *
     * @param ord greater than the one before, if any
     * @return [dim] shared, valid until the next is read
     * @throws IOException if it cannot be read
     */
    float[] read(int ord) throws IOException;
  }

  /** Returns at most so many of the vectors, evenly spread, copied. */
  default FloatMatrix spread(int rows) throws IOException {
    int count = Math.min(rows, size());
    int dim = dim();
    float[] values = new float[count * dim];
    Reader reader = reader();
    for (int i = 0; i < count; i++) {
      int at = (int) ((long) i * size() / count);
      System.arraycopy(reader.read(at), 0, values, i * dim, dim);
    }
    return new FloatMatrix(values, count, dim);
  }

  @Override
  default void forEachBatch(int batchSize, BatchConsumer consumer) throws IOException {
    int dim = dim();
    float[] rows = new float[Math.min(batchSize, Math.max(size(), 1)) * dim];
    Reader reader = reader();
    for (int from = 0; from < size(); from += batchSize) {
      int count = Math.min(batchSize, size() - from);
      for (int i = 0; i < count; i++) {
        System.arraycopy(reader.read(from + i), 0, rows, i * dim, dim);
      }
      consumer.accept(rows, from, count);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.clustering.VectorSource;
import java.io.IOException;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.util.FixedBitSet;

/**
 * Those vectors of a merge that are assigned and encoded, numbered from 0 on.
 *
 * @param values random access to the merged vectors
 * @param ords which of them
 * @param size how many
 */
record SomeVectors(FloatVectorValues values, FixedBitSet ords, int size) implements VectorSource {

  @Override
  public int dim() {
    return values.dimension();
  }

  @Override
  public void forEachBatch(int batchSize, BatchConsumer consumer) throws IOException {
    FloatVectorValues reader = values.copy();
    int dim = dim();
    float[] rows = new float[Math.min(batchSize, Math.max(size, 1)) * dim];
    int ord = -1;
    for (int from = 0; from < size; from += batchSize) {
      int count = Math.min(batchSize, size - from);
      for (int i = 0; i < count; i++) {
        ord = ords.nextSetBit(ord + 1);
        System.arraycopy(reader.vectorValue(ord), 0, rows, i * dim, dim);
      }
      consumer.accept(rows, from, count);
    }
  }
}

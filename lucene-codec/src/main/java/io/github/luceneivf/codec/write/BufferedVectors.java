// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.VectorSource;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Vectors of a flush, still in memory, in the order of their ordinals on disk.
 *
 * @param vectors in insertion order
 * @param oldOrds [n] insertion order of each ordinal where the index is sorted; null if the same
 * @param dim dimension
 */
@SuppressWarnings("ArrayRecordComponent") // a view, never compared
record BufferedVectors(List<float[]> vectors, int @Nullable [] oldOrds, int dim)
    implements VectorSource {

  @Override
  public int size() {
    return vectors.size();
  }

  /** Returns at most so many of the vectors, evenly spread, copied. */
  FloatMatrix spread(int rows) {
    int count = Math.min(rows, size());
    float[] values = new float[count * dim];
    for (int i = 0; i < count; i++) {
      int at = (int) ((long) i * size() / count);
      System.arraycopy(vectors.get(at), 0, values, i * dim, dim);
    }
    return new FloatMatrix(values, count, dim);
  }

  @Override
  public void forEachBatch(int batchSize, BatchConsumer consumer) throws IOException {
    float[] rows = new float[Math.min(batchSize, Math.max(size(), 1)) * dim];
    for (int from = 0; from < size(); from += batchSize) {
      int count = Math.min(batchSize, size() - from);
      for (int i = 0; i < count; i++) {
        int at = oldOrds == null ? from + i : oldOrds[from + i];
        System.arraycopy(vectors.get(at), 0, rows, i * dim, dim);
      }
      consumer.accept(rows, from, count);
    }
  }
}

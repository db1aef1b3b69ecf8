// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.VectorSource;
import java.io.IOException;
import org.apache.lucene.index.FloatVectorValues;

/**
 * Vectors of a merge, read back from the raw file that the merge has just written: deleted
 * documents are gone, and ordinals are final whatever the index sort.
 *
 * @param values random access to the merged vectors
 */
record MergedVectors(FloatVectorValues values) implements VectorSource {

  @Override
  public int size() {
    return values.size();
  }

  @Override
  public int dim() {
    return values.dimension();
  }

  /** Returns at most so many of the vectors, evenly spread. */
  FloatMatrix spread(int rows) throws IOException {
    int count = Math.min(rows, size());
    float[] spread = new float[count * dim()];
    for (int i = 0; i < count; i++) {
      int at = (int) ((long) i * size() / count);
      System.arraycopy(values.vectorValue(at), 0, spread, i * dim(), dim());
    }
    return new FloatMatrix(spread, count, dim());
  }

  @Override
  public void forEachBatch(int batchSize, BatchConsumer consumer) throws IOException {
    FloatVectorValues reader = values.copy();
    int dim = dim();
    float[] rows = new float[Math.min(batchSize, Math.max(size(), 1)) * dim];
    for (int from = 0; from < size(); from += batchSize) {
      int count = Math.min(batchSize, size() - from);
      for (int i = 0; i < count; i++) {
        System.arraycopy(reader.vectorValue(from + i), 0, rows, i * dim, dim);
      }
      consumer.accept(rows, from, count);
    }
  }
}

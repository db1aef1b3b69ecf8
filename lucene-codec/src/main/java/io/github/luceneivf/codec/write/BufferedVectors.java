// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.codec.file.RawVectors;
import java.io.IOException;
import org.apache.lucene.index.KnnVectorValues;
import org.jspecify.annotations.Nullable;

/**
 * Vectors of a flush, still in memory, in the order of their ordinals on disk.
 *
 * @param vectors in insertion order
 * @param oldOrds [n] insertion order of each ordinal where the index is sorted; null if the same
 */
@SuppressWarnings("ArrayRecordComponent") // a view, never compared
record BufferedVectors(KnnVectorValues vectors, int @Nullable [] oldOrds) implements RandomVectors {

  @Override
  public int size() {
    return vectors.size();
  }

  @Override
  public int dim() {
    return vectors.dimension();
  }

  @Override
  public Reader reader() throws IOException {
    RawVectors.Floats floats = RawVectors.floats(vectors.copy());
    return ord -> floats.vector(oldOrds == null ? ord : oldOrds[ord]);
  }
}

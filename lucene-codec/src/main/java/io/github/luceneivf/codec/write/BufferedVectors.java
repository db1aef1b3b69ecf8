// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

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
    implements RandomVectors {

  @Override
  public int size() {
    return vectors.size();
  }

  @Override
  public Reader reader() {
    return ord -> vectors.get(oldOrds == null ? ord : oldOrds[ord]);
  }
}

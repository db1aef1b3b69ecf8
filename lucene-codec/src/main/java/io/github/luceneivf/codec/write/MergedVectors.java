// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.codec.file.RawVectors;
import java.io.IOException;
import org.apache.lucene.index.KnnVectorValues;

/**
 * Vectors of a merge, read back from the raw file that the merge has just written: deleted
 * documents are gone, and ordinals are final whatever the index sort.
 *
 * @param values random access to the merged vectors
 */
record MergedVectors(KnnVectorValues values) implements RandomVectors {

  @Override
  public int size() {
    return values.size();
  }

  @Override
  public int dim() {
    return values.dimension();
  }

  @Override
  public Reader reader() throws IOException {
    return RawVectors.floats(values.copy())::vector;
  }
}

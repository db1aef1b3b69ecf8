// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import java.io.IOException;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.index.FieldInfo;

/**
 * A buffer of float vectors that refuses what is not finite. Lucene's fields do so when they are
 * made, but share the array with the caller, who may change it afterwards, and other kinds of
 * fields need not. A document that is refused here costs no other: found in the flush, it would
 * cost all that are flushed with it, and found in a merge, every merge to come. Confined to the
 * thread that fills the buffer.
 */
final class FiniteVectors extends KnnFieldVectorsWriter<float[]> {

  private final FieldInfo field;
  private final KnnFieldVectorsWriter<float[]> buffer;

  FiniteVectors(FieldInfo field, KnnFieldVectorsWriter<float[]> buffer) {
    this.field = field;
    this.buffer = buffer;
  }

  /**
   * Buffers a vector.
   *
   * @throws IllegalArgumentException if a value is infinite or not a number; the buffer is as
   *     before
   */
  @Override
  public void addValue(int docID, float[] vector) throws IOException {
    for (int i = 0; i < vector.length; i++) {
      if (!Float.isFinite(vector[i])) {
        throw new IllegalArgumentException(
            "field=\"" + field.name + "\": vector[" + i + "] must be finite, got: " + vector[i]);
      }
    }
    buffer.addValue(docID, vector);
  }

  @Override
  public float[] copyValue(float[] vector) {
    return buffer.copyValue(vector);
  }

  @Override
  public long ramBytesUsed() {
    return buffer.ramBytesUsed();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.codec.file.RawVectors;
import java.io.IOException;
import java.util.Objects;
import org.apache.lucene.codecs.hnsw.FlatVectorsReader;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.jspecify.annotations.Nullable;

/**
 * What a query asks for: floats, which codebooks and codes know, and of a query of bytes the bytes,
 * which raw vectors are scored with. Immutable.
 */
final class QueryVector {

  private final float[] floats;
  private final byte @Nullable [] bytes;

  private QueryVector(float[] floats, byte @Nullable [] bytes) {
    this.floats = floats;
    this.bytes = bytes;
  }

  /**
   * Asks a field of floats.
   *
   * @param target [dim] shared
   */
  static QueryVector of(float[] target) {
    return new QueryVector(target, null);
  }

  /**
   * Asks a field of bytes.
   *
   * @param target [dim] shared
   */
  static QueryVector of(byte[] target) {
    return new QueryVector(RawVectors.floats(target), target);
  }

  /** Returns the vector as floats, [dim], shared. */
  float[] floats() {
    return floats;
  }

  /**
   * Returns exact scores of the vectors of a field.
   *
   * @throws IllegalArgumentException if they are not of the query's encoding or dimension
   */
  RandomVectorScorer scorer(FlatVectorsReader raw, String field) throws IOException {
    return bytes == null
        ? raw.getRandomVectorScorer(field, floats)
        : raw.getRandomVectorScorer(field, bytes);
  }

  /** Returns the vectors of a field that {@link #scorer} scores. */
  KnnVectorValues values(FlatVectorsReader raw, String field) throws IOException {
    return Objects.requireNonNull(
        bytes == null ? raw.getFloatVectorValues(field) : raw.getByteVectorValues(field), field);
  }
}

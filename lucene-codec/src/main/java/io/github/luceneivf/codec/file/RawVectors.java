// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.file;

import java.io.IOException;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReader;
import org.jspecify.annotations.Nullable;

/**
 * The vectors of a field as they were added, floats or bytes. Bytes are clustered and coded as the
 * floats they stand for, one vector at a time: no copy of a field is ever made of floats.
 */
public final class RawVectors {

  private RawVectors() {}

  /** Vectors as floats. Not thread-safe. */
  @FunctionalInterface
  public interface Floats {
    /**
     * Returns a vector.
     *
     * @return [dim] shared, valid until the next is asked for
     * @throws IOException if it cannot be read
     */
    float[] vector(int ord) throws IOException;
  }

  /**
   * Returns the vectors of a field in a segment; null if it has none.
   *
   * @throws IOException if they cannot be read
   */
  public static @Nullable KnnVectorValues of(KnnVectorsReader segment, FieldInfo field)
      throws IOException {
    return switch (field.getVectorEncoding()) {
      case FLOAT32 -> segment.getFloatVectorValues(field.name);
      case BYTE -> segment.getByteVectorValues(field.name);
    };
  }

  /**
   * Returns the vectors of a field in a leaf; null if it has none.
   *
   * @throws IOException if they cannot be read
   */
  public static @Nullable KnnVectorValues of(LeafReader leaf, String field) throws IOException {
    FieldInfo info = leaf.getFieldInfos().fieldInfo(field);
    if (info == null || !info.hasVectorValues()) {
      return null;
    }
    return switch (info.getVectorEncoding()) {
      case FLOAT32 -> leaf.getFloatVectorValues(field);
      case BYTE -> leaf.getByteVectorValues(field);
    };
  }

  /**
   * Returns vectors as floats.
   *
   * @param values of either encoding; not to be read by anybody else meanwhile
   */
  public static Floats floats(KnnVectorValues values) {
    return switch (values) {
      case FloatVectorValues floats -> floats::vectorValue;
      case ByteVectorValues bytes -> {
        float[] row = new float[bytes.dimension()];
        yield ord -> {
          copy(bytes.vectorValue(ord), row);
          return row;
        };
      }
      default ->
          throw new IllegalArgumentException(
              "values must be of floats or bytes, got: " + values.getClass().getName());
    };
  }

  /** Returns a vector of bytes as floats. */
  public static float[] floats(byte[] vector) {
    float[] floats = new float[vector.length];
    copy(vector, floats);
    return floats;
  }

  private static void copy(byte[] from, float[] to) {
    for (int d = 0; d < to.length; d++) {
      to[d] = from[d];
    }
  }
}

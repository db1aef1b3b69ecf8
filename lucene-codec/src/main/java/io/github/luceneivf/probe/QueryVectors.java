// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.probe;

import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.VectorSimilarityFunction;

/**
 * Checks of a query's vector against the index, before anything is searched. {@code COSINE} divides
 * by the length of the query, so a vector of zeros has the score NaN everywhere. One whose squared
 * length is no normal 32-bit number fares no better: Lucene sums it in 32 bits, and gives infinity
 * or the same score to all documents. Lucene refuses zeros in a document's field, not in a query.
 */
public final class QueryVectors {

  /** Lengths whose square is a normal float, rounded inwards. */
  private static final double MIN_LENGTH = 1.09e-19;

  private static final double MAX_LENGTH = 1.84e19;

  private QueryVectors() {}

  /**
   * Checks a float vector. Fields that the index does not have are not checked.
   *
   * @param target [dim], finite
   * @throws IllegalArgumentException if some segment compares the field by {@code COSINE} and the
   *     length of the vector is 0 or its square overflows or underflows
   */
  public static void check(IndexReader reader, String field, float[] target) {
    if (comparesAngles(reader, field)) {
      double sum = 0;
      for (float x : target) {
        sum += (double) x * x;
      }
      checkLength(field, Math.sqrt(sum));
    }
  }

  /**
   * Checks a byte vector likewise.
   *
   * @param target [dim]
   * @throws IllegalArgumentException if some segment compares the field by {@code COSINE} and the
   *     vector is all zeros
   */
  public static void check(IndexReader reader, String field, byte[] target) {
    if (comparesAngles(reader, field)) {
      double sum = 0;
      for (byte x : target) {
        sum += x * x;
      }
      checkLength(field, Math.sqrt(sum));
    }
  }

  /**
   * Checks the values of a vector.
   *
   * @param target [dim]
   * @throws IllegalArgumentException if one is infinite or not a number
   */
  public static void checkFinite(String field, float[] target) {
    for (int i = 0; i < target.length; i++) {
      if (!Float.isFinite(target[i])) {
        throw new IllegalArgumentException(
            "field=\"" + field + "\": vector[" + i + "] must be finite, got: " + target[i]);
      }
    }
  }

  private static boolean comparesAngles(IndexReader reader, String field) {
    for (LeafReaderContext context : reader.leaves()) {
      FieldInfo info = context.reader().getFieldInfos().fieldInfo(field);
      if (info != null
          && info.getVectorDimension() > 0
          && info.getVectorSimilarityFunction() == VectorSimilarityFunction.COSINE) {
        return true;
      }
    }
    return false;
  }

  private static void checkLength(String field, double length) {
    if (!(length >= MIN_LENGTH && length <= MAX_LENGTH)) {
      throw new IllegalArgumentException(
          "field=\""
              + field
              + "\": length of a query's vector must be in ["
              + MIN_LENGTH
              + ", "
              + MAX_LENGTH
              + "] where the similarity is COSINE, got: "
              + length);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSpace;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;

/**
 * What distance in the space of a codebook has the score of a query's similarity. Immutable; one
 * per search.
 */
// Lucene's scores, of the dot product p and the squared distance e of query and vector:
//
//   EUCLIDEAN               1 / (1 + e)
//   DOT_PRODUCT             max((1 + p) / 2, 0), of bytes 1/2 + p / (dim × 2^15)
//   COSINE                  max((1 + cos) / 2, 0)
//   MAXIMUM_INNER_PRODUCT   p + 1, or 1 / (1 − p) where p < 0
//
// and distances in a codebook's space: e × 2^(2·exponent); 2 − 2·cos of unit-length copies; −p in
// the scales of the space and of the query.
final class ScoreDistance {

  /** What dot products of bytes are divided by in a score, for each dimension. */
  private static final double BYTE_PRODUCTS = 1 << 15;

  /** By how much a cosine may exceed 1 in 32 bits, generously. */
  private static final float ROUNDING = 1e-5f;

  private final VectorSimilarityFunction function;
  private final Metric metric;
  private final double factor;
  private final double products;

  /**
   * Prepares a query.
   *
   * @param field that is asked
   * @param space of the codebook that distances are of
   * @param target [dim] the query, as it was asked
   */
  ScoreDistance(FieldInfo field, VectorSpace space, float[] target) {
    this.function = field.getVectorSimilarityFunction();
    this.metric = space.metric();
    this.products =
        field.getVectorEncoding() == VectorEncoding.BYTE ? target.length * BYTE_PRODUCTS : 2;
    this.factor = factor(space, target);
  }

  private double factor(VectorSpace space, float[] target) {
    return switch (space.metric()) {
      case EUCLIDEAN -> Math.scalb(1.0, 2 * space.exponent());
      case INNER_PRODUCT ->
          Math.scalb(
              1.0, space.exponent() + VectorSpace.fitting(space.metric(), target).exponent());
      case COSINE -> function == VectorSimilarityFunction.DOT_PRODUCT ? 1 / norm(target) : 1;
    };
  }

  private static double norm(float[] target) {
    double sum = 0;
    for (float x : target) {
      sum += (double) x * x;
    }
    return Math.sqrt(sum);
  }

  /**
   * Returns the distance of vectors with a score, the greatest if it is not known better: +∞ where
   * the score is the least there is.
   */
  double of(float score) {
    if (!(score > 0)) {
      return Double.POSITIVE_INFINITY;
    }
    double distance =
        switch (metric) {
          case EUCLIDEAN -> factor * (1 / (double) score - 1);
          case COSINE -> 2 - 2 * factor * (2 * (double) score - 1);
          case INNER_PRODUCT -> -factor * product(score);
        };
    return Double.isNaN(distance) ? Double.POSITIVE_INFINITY : distance;
  }

  /** Returns whether a vector can have a greater score than one, rounding included. */
  static boolean canExceed(VectorSimilarityFunction function, float score) {
    return switch (function) {
      case EUCLIDEAN -> score < 1;
      case COSINE -> score < 1 + ROUNDING;
      case DOT_PRODUCT, MAXIMUM_INNER_PRODUCT -> score < Float.POSITIVE_INFINITY;
    };
  }

  private double product(double score) {
    if (function == VectorSimilarityFunction.DOT_PRODUCT) {
      return (score - 0.5) * products;
    }
    return score >= 1 ? score - 1 : 1 - 1 / score;
  }
}

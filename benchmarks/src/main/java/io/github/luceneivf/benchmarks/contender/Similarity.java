// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

/** What makes two prepared vectors near. Vectors compared by cosine have been made unit length. */
public enum Similarity {
  /** Small Euclidean distance. */
  EUCLIDEAN,
  /** Large inner product of unit vectors, which is their cosine. */
  UNIT_DOT_PRODUCT,
  /** Large inner product. */
  INNER_PRODUCT;

  /** Returns a score of two vectors, larger is nearer, in float64. */
  public double score(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = (double) a[i] - b[i];
      sum += this == EUCLIDEAN ? -difference * difference : (double) a[i] * b[i];
    }
    return sum;
  }
}

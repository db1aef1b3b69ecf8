// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

/** What makes two prepared vectors near. Vectors compared by cosine have been made unit length. */
public enum Similarity {
  /** Small Euclidean distance. */
  EUCLIDEAN,
  /** Large inner product of unit vectors, which is their cosine. */
  UNIT_DOT_PRODUCT,
  /** Large inner product. */
  INNER_PRODUCT
}

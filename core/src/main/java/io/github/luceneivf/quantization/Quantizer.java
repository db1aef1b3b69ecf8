// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.quantization;

import io.github.luceneivf.clustering.Metric;
import org.jspecify.annotations.Nullable;

/**
 * What all codes of a codebook share: the mean about which queries are quantized, and the rotation.
 * Immutable; the mean is shared and not to be modified.
 *
 * @param metric the metric
 * @param mean [dim] global mean of the training vectors, in the codebook's space
 * @param rotation the rotation
 * @param subCodebooks for encodings that need them; null if the codebook has none
 */
@SuppressWarnings("ArrayRecordComponent") // shared on purpose, see above
public record Quantizer(
    Metric metric, float[] mean, Rotation rotation, @Nullable SubCodebooks subCodebooks) {

  /** Creates a quantizer without sub-codebooks. */
  public Quantizer(Metric metric, float[] mean, Rotation rotation) {
    this(metric, mean, rotation, null);
  }

  /**
   * Returns the sub-codebooks for an encoding that needs them.
   *
   * @throws IllegalArgumentException if there are none, or others
   */
  SubCodebooks subCodebooks(Encoding encoding) {
    SubCodebooks books = subCodebooks;
    if (books == null || !books.fit(encoding)) {
      throw new IllegalArgumentException(
          "codebook must have sub-codebooks of "
              + encoding.subCodebookSize()
              + " × "
              + encoding.subspaceDim()
              + " for "
              + encoding.displayName()
              + ", got: "
              + (books == null ? "none" : books.size() + " × " + books.subDim()));
    }
    return books;
  }

  /** Returns the dimension of vectors, before padding. */
  public int dim() {
    return mean.length;
  }
}

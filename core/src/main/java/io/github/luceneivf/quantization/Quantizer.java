package io.github.luceneivf.quantization;

import io.github.luceneivf.clustering.Metric;

/**
 * What all codes of a codebook share: the mean about which queries are quantized, and the rotation.
 * Immutable; the mean is shared and not to be modified.
 *
 * @param metric the metric
 * @param mean [dim] global mean of the training vectors, in the codebook's space
 * @param rotation the rotation
 */
@SuppressWarnings("ArrayRecordComponent") // shared on purpose, see above
public record Quantizer(Metric metric, float[] mean, Rotation rotation) {
  /** Returns the dimension of vectors, before padding. */
  public int dim() {
    return mean.length;
  }
}

package io.github.luceneivf.quantization;

import io.github.luceneivf.clustering.FloatMatrix;

/** Codes vectors as residuals to their centroid. Not thread-safe; one per pass over vectors. */
public final class VectorCoder {

  /**
   * Creates a coder.
   *
   * @param centroids [nlist × dim] in the codebook's space
   */
  public VectorCoder(Encoding encoding, Quantizer quantizer, FloatMatrix centroids) {
    throw new UnsupportedOperationException();
  }

  /**
   * Codes one vector.
   *
   * @param x [dim] from {@code offset}, in the codebook's space
   * @param list number of its centroid
   * @param record receives {@code encoding.recordBytes(dim)} bytes from {@code recordOffset}
   */
  public void encode(float[] x, int offset, int list, byte[] record, int recordOffset) {
    throw new UnsupportedOperationException();
  }
}

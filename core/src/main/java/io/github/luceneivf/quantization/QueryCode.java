package io.github.luceneivf.quantization;

/**
 * A query prepared once for all lists of a codebook. Immutable once built; confined to one search.
 */
public final class QueryCode {

  /**
   * Prepares a query.
   *
   * @param mapped [dim] the query in the codebook's space ({@code VectorSpace.mapQuery}); kept, not
   *     copied
   */
  public QueryCode(Quantizer quantizer, float[] mapped) {
    throw new UnsupportedOperationException();
  }

  /** Returns the query in the codebook's space [dim], shared. */
  public float[] mapped() {
    throw new UnsupportedOperationException();
  }
}

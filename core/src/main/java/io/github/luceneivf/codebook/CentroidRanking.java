package io.github.luceneivf.codebook;

import io.github.luceneivf.quantization.QueryCode;

/**
 * Ranks the lists of a codebook for a query: by 1-bit codes of the centroids about the mean, then
 * exactly the best of them. Immutable, thread-safe.
 */
public final class CentroidRanking {

  /** Codes the centroids of a codebook. */
  public CentroidRanking(Codebook codebook) {
    throw new UnsupportedOperationException();
  }

  /** Reads codes made by {@link #codes()}. */
  public CentroidRanking(Codebook codebook, byte[] codes) {
    throw new UnsupportedOperationException();
  }

  /** Returns the 1-bit codes of the centroids, as blocks of one list. */
  public byte[] codes() {
    throw new UnsupportedOperationException();
  }

  /**
   * Finds the lists to probe, best first.
   *
   * @param want lists wanted, in [1, nlist]; with nlist the ranking is exact
   * @param lists receives {@code want} list numbers, best first
   * @param distances receives the exact base distance of each: {@code ‖q − c‖²} or {@code −⟨q, c⟩}.
   *     Inner products are ranked by this minus what the list's residuals may add.
   */
  public void rank(QueryCode query, int want, int[] lists, float[] distances) {
    throw new UnsupportedOperationException();
  }
}

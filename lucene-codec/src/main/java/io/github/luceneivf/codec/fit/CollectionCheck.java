// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.fit;

import io.github.luceneivf.clustering.Assigner;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.Codebook;

/**
 * Whether a codebook was made for vectors like some others. Vectors like those of its training lie
 * within the radius of their list, but for about one of the vectors that each list was trained on;
 * vectors of something else lie outside. New topics of one collection are outside more often than
 * old ones, but far from always, and are not meant here.
 */
public final class CollectionCheck {

  /** Vectors that are looked at. */
  public static final int SAMPLE = 256;

  /** With fewer training vectors per list radii say nothing. */
  private static final int LEAST_POINTS_PER_LIST = 16;

  private CollectionCheck() {}

  /**
   * Judges a codebook.
   *
   * @param sample as the user gave them, overwritten; of another dimension they do not fit
   * @return whether at least half of them lie within the radii, or nothing can be said
   */
  public static boolean fits(Codebook codebook, FloatMatrix sample) {
    if (sample.dim() != codebook.dim()) {
      return false;
    }
    if (codebook.lineage().population() < (long) LEAST_POINTS_PER_LIST * codebook.nlist()) {
      return true;
    }
    codebook.space().map(sample.values(), 0, sample.rows(), sample.dim());
    int[] lists = new int[sample.rows()];
    float[] distances = new float[sample.rows()];
    new Assigner(codebook.centroids(), codebook.quantizer().mean())
        .assign(sample.values(), 0, sample.rows(), lists, distances, 0);
    int within = 0;
    for (int row = 0; row < sample.rows(); row++) {
      float radius = codebook.radii()[lists[row]];
      within += Math.sqrt(distances[row]) <= radius ? 1 : 0;
    }
    return 2 * within >= sample.rows();
  }
}

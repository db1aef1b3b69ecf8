package io.github.luceneivf.codec.write;

import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codec.config.ListSizing;
import java.util.Optional;

/**
 * When a merge replaces the codebook at hand by a new version. Immutable.
 *
 * <p>By size: from 3.5 times the vectors that it was trained for. The rule of the simulations is 4;
 * halfway between 3 and 4, a merge of four segments like the one it was trained on does not miss it
 * for a few deletes. Sooner, from twice the vectors, where the sizing wants twice the lists: a
 * codebook trained on very few vectors has too few lists because it had too few points, and data
 * that cannot fill more lists do not ask again until they have doubled.
 *
 * @param sizing how many lists a number of vectors should have
 */
record RenewalRule(ListSizing sizing) {

  /**
   * Asks for a new version.
   *
   * @param current the newest codebook at hand
   * @param vectors vectors of the merged segment
   * @return why, if one is due
   */
  Optional<String> due(Codebook current, int vectors) {
    long population = current.lineage().population();
    if (2L * vectors >= 7 * population) {
      return Optional.of(
          vectors + " vectors are over 3.5 times the " + population + " trained for");
    }
    int wanted = sizing.nlist(vectors);
    if (vectors >= 2 * population && wanted >= 2 * current.nlist()) {
      return Optional.of(
          vectors + " vectors want " + wanted + " lists, there are " + current.nlist());
    }
    return Optional.empty();
  }
}

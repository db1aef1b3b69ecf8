// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.fit;

import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.TrainingStatistics;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.file.SegmentCodebook;
import java.util.Locale;
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
 * <p>By drift, not before a quarter of the data changed: when the mean squared distance to the
 * centroid is over 1.10 times what was to be expected at training, or the imbalance of the lists
 * over 1.5 times. Chance is taken out of both: vectors that were not trained with are farther away
 * ({@link TrainingStatistics#expectedEnergy}), and few vectors spread unevenly. What is not yet in
 * lists of the codebook, since segments move to it when they are merged, was there at training and
 * counts as it did then.
 *
 * <p>Where the numbers come from, and what was tried and left out: ADR 9.
 *
 * @param sizing how many lists a number of vectors should have
 */
public record RenewalRule(ListSizing sizing) {

  private static final double MOST_ENERGY = 1.10;
  private static final double MOST_IMBALANCE = 1.5;
  private static final double LEAST_CHANGE = 0.25;

  /**
   * Asks for a new version.
   *
   * @param current the newest codebook at hand
   * @param fit how it fits the index
   * @return why, if one is due
   */
  public Optional<String> due(SegmentCodebook current, IndexFit fit) {
    Optional<String> size = bySize(current.codebook(), fit.vectors());
    return size.isPresent() ? size : byDrift(current, fit);
  }

  private Optional<String> bySize(Codebook current, long vectors) {
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

  private static Optional<String> byDrift(SegmentCodebook current, IndexFit fit) {
    TrainingStatistics trained = current.training();
    long population = current.codebook().lineage().population();
    long deleted = Math.max(0, population + fit.arrived() - fit.vectors());
    if (!trained.isKnown()
        || fit.listed() == 0
        || fit.arrived() + deleted < LEAST_CHANGE * population) {
      return Optional.empty();
    }
    int nlist = current.codebook().nlist();
    double share = Math.min(1, (double) fit.listed() / Math.max(1, fit.vectors()));
    double expected = trained.expectedEnergy(nlist);
    double energy = share * fit.energy() + (1 - share) * expected;
    if (energy > MOST_ENERGY * expected) {
      return Optional.of(grown("energy", energy, expected));
    }
    double before = Math.max(1, trained.imbalance() - (double) nlist / trained.samples());
    double now = fit.imbalance() - (double) nlist / fit.listed();
    double imbalance = share * share * now + (1 - share * share) * before;
    return imbalance > MOST_IMBALANCE * before
        ? Optional.of(grown("imbalance", imbalance, before))
        : Optional.empty();
  }

  private static String grown(String what, double now, double before) {
    return String.format(Locale.ROOT, "%s is %.3g, at training %.3g", what, now, before);
  }
}

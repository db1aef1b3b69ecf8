// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.ClusteringReport;
import io.github.luceneivf.clustering.ListSizes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * A reason to distrust a training, found in the figures of its {@link TrainingReport}. Nothing is
 * wrong with such a codebook but that searches with it are slow or miss more than need be.
 *
 * @param kind what is wrong
 * @param text the figures, for people
 */
public record TrainingWarning(Kind kind, String text) {

  /** What may be wrong. Names may be relied on; there may be more of them in later versions. */
  public enum Kind {
    /**
     * Lists are empty: the sample falls into fewer heaps than lists are wanted, or few vectors are
     * so far from all others that the others cannot be told apart beside them.
     */
    EMPTY_LISTS,
    /** Few lists have most vectors, so that probing one of them costs as much as many. */
    IMBALANCE,
    /** The sample has too few distinct vectors for the lists wanted. */
    FEWER_LISTS,
    /** The sample has too few vectors for the lists there are. */
    FEW_SAMPLES,
    /** The objective is not finite: distances were too large to be compared. */
    NOT_FINITE,
    /** The objective was still falling when the iterations ended. */
    NOT_CONVERGED
  }

  /**
   * Share of lists that may be empty. An empty list is re-seeded in every iteration, so one that is
   * left is rare; a few of very many do no harm.
   */
  private static final double MOST_EMPTY = 0.05;

  /**
   * Work of probing a list beside lists of equal sizes (FAISS: imbalance_factor). Lists have at
   * most 4 times the mean by default, so this is above what balanced lists can reach.
   */
  private static final double MOST_IMBALANCE = 4;

  /** Lists given for lists wanted. */
  private static final double LEAST_LISTS = 0.5;

  /**
   * Training vectors for each list, below which FAISS warns too (ClusteringParameters,
   * min_points_per_centroid).
   */
  private static final int LEAST_SAMPLES = 39;

  /** Share of the population above which a small sample is no fault: there is hardly more. */
  private static final double MOST_SAMPLED = 0.9;

  /**
   * Share by which the objective may fall in the last iteration. On real embeddings it is within
   * 0.7 % of its limit after ten.
   */
  private static final double MOST_FALL = 0.05;

  /** Validates the components. */
  public TrainingWarning {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(text, "text");
  }

  /** Finds what is wrong with a training, in the order of the kinds. */
  static List<TrainingWarning> of(TrainingReport report) {
    List<TrainingWarning> found = new ArrayList<>();
    ClusteringReport clustering = report.clustering();
    ListSizes sizes = clustering.sizes();
    int lists = report.lists();
    if (sizes.empty() > MOST_EMPTY * lists) {
      add(found, Kind.EMPTY_LISTS, sizes.empty() + " of " + lists + " lists are empty");
    }
    if (sizes.imbalance() > MOST_IMBALANCE) {
      add(
          found,
          Kind.IMBALANCE,
          String.format(
              Locale.ROOT,
              "imbalance is %.1f, the largest of %d lists has %d of %d vectors",
              sizes.imbalance(),
              lists,
              sizes.max(),
              report.samples()));
    }
    boolean allDistinct = clustering.stop() == ClusteringReport.Stop.ALL_DISTINCT;
    if (allDistinct && lists < LEAST_LISTS * report.requestedLists()) {
      add(
          found,
          Kind.FEWER_LISTS,
          "the sample has "
              + lists
              + " distinct vectors for "
              + report.requestedLists()
              + " lists");
    }
    boolean part = report.samples() < MOST_SAMPLED * report.population();
    if (!allDistinct && lists > 1 && part && report.samples() < (long) LEAST_SAMPLES * lists) {
      add(
          found,
          Kind.FEW_SAMPLES,
          report.samples()
              + " training vectors of "
              + report.population()
              + " are few for "
              + lists
              + " lists");
    }
    addObjective(found, clustering);
    return List.copyOf(found);
  }

  private static void addObjective(List<TrainingWarning> found, ClusteringReport clustering) {
    double[] objective = clustering.objective();
    for (double value : objective) {
      if (!Double.isFinite(value)) {
        add(found, Kind.NOT_FINITE, "objective is " + value);
        return;
      }
    }
    if (clustering.converged() || objective.length < 2) {
      return;
    }
    double before = objective[objective.length - 2];
    double last = objective[objective.length - 1];
    if (before - last > MOST_FALL * before) {
      add(
          found,
          Kind.NOT_CONVERGED,
          String.format(
              Locale.ROOT, "objective fell from %.3g to %.3g in the last iteration", before, last));
    }
  }

  private static void add(List<TrainingWarning> found, Kind kind, String text) {
    found.add(new TrainingWarning(kind, text));
  }

  @Override
  public String toString() {
    return kind + ": " + text;
  }
}

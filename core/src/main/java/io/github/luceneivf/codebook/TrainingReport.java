// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.ClusteringReport;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How good a training is, so that a bad one is visible. Recall by nprobe is in the {@link
 * io.github.luceneivf.calibration.Calibration} beside it.
 *
 * @param population vectors that the sample stood for
 * @param samples training vectors, held-out queries not counted
 * @param requestedLists nlist asked for
 * @param lists nlist of the codebook
 * @param spilled training vectors that are in a second list as well
 * @param clustering iterations, empty lists, balance
 * @param calibration time of judging the codebook with held-out queries
 * @param total time of everything
 * @param trainedBy where it ran, for example {@code in-process}
 * @param lineage version, parent and population of the codebook
 */
public record TrainingReport(
    long population,
    int samples,
    int requestedLists,
    int lists,
    int spilled,
    ClusteringReport clustering,
    Duration calibration,
    Duration total,
    String trainedBy,
    Codebook.Lineage lineage) {

  /** Validates the components. */
  public TrainingReport {
    Objects.requireNonNull(clustering, "clustering");
    Objects.requireNonNull(trainedBy, "trainedBy");
    Objects.requireNonNull(lineage, "lineage");
  }

  /** Returns the mean squared distance of the training vectors to their centroids. */
  public double energy() {
    double[] objective = clustering.objective();
    return objective.length == 0 ? 0 : objective[objective.length - 1];
  }

  /** Returns what speaks against the codebook by these figures; empty if nothing does. */
  public List<TrainingWarning> warnings() {
    return TrainingWarning.of(this);
  }

  /** Returns nlist·Σs²/(Σs)² over the entries of the training's lists: 1 if all are equal. */
  public double imbalance() {
    return clustering.sizes().imbalance();
  }
}

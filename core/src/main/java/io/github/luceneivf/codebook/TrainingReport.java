package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.ClusteringReport;
import java.time.Duration;
import java.util.Objects;

/**
 * How good a training is, so that a bad one is visible. Recall by nprobe is in the {@link
 * io.github.luceneivf.calibration.Calibration} beside it.
 *
 * @param population vectors that the sample stood for
 * @param samples training vectors, held-out queries not counted
 * @param requestedLists nlist asked for
 * @param lists nlist of the codebook
 * @param clustering iterations, empty lists, balance
 * @param calibration time of judging the codebook with held-out queries
 * @param total time of everything
 * @param trainedBy where it ran, for example {@code in-process}
 */
public record TrainingReport(
    long population,
    int samples,
    int requestedLists,
    int lists,
    ClusteringReport clustering,
    Duration calibration,
    Duration total,
    String trainedBy) {

  /** Validates the components. */
  public TrainingReport {
    Objects.requireNonNull(clustering, "clustering");
    Objects.requireNonNull(trainedBy, "trainedBy");
  }
}

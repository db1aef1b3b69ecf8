// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.clustering.Assignment;
import io.github.luceneivf.clustering.Clustering;
import io.github.luceneivf.clustering.ClusteringListener;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeans;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.clustering.Workers;
import io.github.luceneivf.codebook.TrainingProgress.Phase;
import io.github.luceneivf.quantization.SubCodebooks;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Trains codebooks in this process, on the calling thread and as many more as the request says.
 *
 * <p>The sample is copied into the codebook's space, part of it held out as queries; the rest is
 * clustered, from the parent's centroids where the request says so, sub-codebooks are trained where
 * the encoding needs them, and the codebook judged with the queries ({@link Calibration}). The same
 * sample and request give the same codebook and calibration, whatever the threads. Immutable,
 * thread-safe.
 */
public final class LocalCodebookTrainer implements CodebookTrainer {

  private static final String TRAINED_BY = "in-process";

  private static final int MAX_DEFAULT_THREADS = 8;

  private final int threads;

  /** Creates a trainer that advises as many threads as there are processors, at most 8. */
  public LocalCodebookTrainer() {
    this(Math.min(Runtime.getRuntime().availableProcessors(), MAX_DEFAULT_THREADS));
  }

  /**
   * Creates a trainer.
   *
   * @param threads what {@link #threads()} advises; a request decides for itself
   */
  public LocalCodebookTrainer(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, got: " + threads);
    }
    this.threads = threads;
  }

  @Override
  public int threads() {
    return threads;
  }

  @Override
  public TrainedCodebook train(TrainingRequest request, FloatMatrix sample, TrainingMonitor monitor)
      throws IOException {
    long start = System.nanoTime();
    ProgressTeller teller = new ProgressTeller(monitor);
    try (Workers workers = new Workers(request.params().threads())) {
      PreparedSample prepared = PreparedSample.of(request, sample, teller, workers);
      return train(request, prepared, teller, workers, start);
    }
  }

  private static TrainedCodebook train(
      TrainingRequest request,
      PreparedSample prepared,
      ProgressTeller teller,
      Workers workers,
      long start)
      throws IOException {
    Clustering clustering = cluster(request, prepared, teller, workers);
    Codebook trained = codebook(request, prepared, clustering, teller, workers);
    long calibrating = System.nanoTime();
    Calibrator.Calibrated calibrated =
        new Calibrator(trained, request, prepared, clustering.assignment(), teller, workers)
            .calibrate();
    Codebook codebook = calibrated.codebook();
    TrainingReport report =
        new TrainingReport(
            request.population(),
            prepared.rows().rows(),
            request.params().nlist(),
            codebook.nlist(),
            calibrated.spilled(),
            clustering.report().withImbalance(calibrated.imbalance()),
            since(calibrating),
            since(start),
            TRAINED_BY,
            codebook.lineage());
    return new TrainedCodebook(codebook, calibrated.calibration(), report);
  }

  private static Clustering cluster(
      TrainingRequest request, PreparedSample prepared, ProgressTeller teller, Workers workers)
      throws IOException {
    ClusteringListener listener =
        (phase, percent, objective) -> teller.tell(phase(phase), percent / 100, objective);
    FloatMatrix rows = prepared.rows();
    return request.warmStart().isEmpty()
        ? KMeans.cluster(rows, request.params(), listener, workers)
        : KMeans.refine(
            rows,
            centroids(request.warmStart().get(), prepared.space()),
            request.params(),
            listener,
            workers);
  }

  /** The centroids of a codebook in another space of the same metric. */
  private static FloatMatrix centroids(Codebook codebook, VectorSpace space) {
    FloatMatrix own = codebook.centroids();
    int shift = space.exponent() - codebook.space().exponent();
    if (shift == 0) {
      return own;
    }
    // A cosine's spaces are all the same, so this only ever scales.
    float[] values = own.values().clone();
    new VectorSpace(space.metric(), Math.clamp(shift, -200, 200))
        .map(values, 0, own.rows(), own.dim());
    return new FloatMatrix(values, own.rows(), own.dim());
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  private static Phase phase(ClusteringListener.Phase phase) {
    return switch (phase) {
      case INITIALIZE -> Phase.INITIALIZE;
      case ITERATE -> Phase.ITERATE;
      case BALANCE -> Phase.BALANCE;
    };
  }

  private static Codebook codebook(
      TrainingRequest request,
      PreparedSample sample,
      Clustering clustering,
      ProgressTeller teller,
      Workers workers)
      throws IOException {
    double objective = clustering.assignment().objective();
    Optional<SubCodebooks> subCodebooks =
        SubCodebookTrainer.train(
            request,
            sample.rows(),
            clustering,
            workers,
            share -> teller.tell(Phase.BALANCE, 1, objective));
    Codebook.Content content =
        new Codebook.Content(
            sample.space(),
            clustering.centroids(),
            radii(clustering.assignment()),
            sample.rows().mean(),
            request.params().seed(),
            0,
            subCodebooks);
    return new Codebook(
        content,
        new Codebook.Lineage(
            request.version(), request.parent().map(CodebookRef::id), request.population()));
  }

  private static float[] radii(Assignment assignment) {
    float[] radii = new float[assignment.sizes().length];
    for (int i = 0; i < assignment.size(); i++) {
      int list = assignment.lists()[i];
      float distance = Math.min(assignment.distances()[i], Float.MAX_VALUE);
      radii[list] = Math.max(radii[list], (float) Math.sqrt(distance));
    }
    return radii;
  }

  @Override
  public boolean isRemote() {
    return false;
  }
}

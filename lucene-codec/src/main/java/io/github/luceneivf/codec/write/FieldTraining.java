// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.TrainingSample;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookTrainer;
import io.github.luceneivf.codebook.QuerySample;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.codec.file.SegmentCodebook;
import io.github.luceneivf.codec.telemetry.IvfInfo;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;
import java.util.Optional;

/**
 * Makes the codebooks that a flush or merge needs: from a sample, by the trainer, or the mean of
 * its vectors alone. The sample and the trainer's copy of it fit half of the merge budget each.
 */
final class FieldTraining {

  /** Training vectors per centroid at most; more do not improve the centroids measurably. */
  private static final int POINTS_PER_CENTROID = 256;

  /**
   * Training vectors per centroid at least, where the budget and not the data limits the sample.
   */
  private static final int LEAST_POINTS_PER_CENTROID = 128;

  /** Vectors that the mean of a segment of one list is taken from. */
  private static final int MEAN_SAMPLE = 4096;

  private static final long SEED = 0x5eed_1f5eedL;

  private final WriteContext segment;
  private final FieldVectors vectors;
  private final AbortCheck abort;

  FieldTraining(WriteContext segment, FieldVectors vectors, AbortCheck abort) {
    this.segment = segment;
    this.vectors = vectors;
    this.abort = abort;
  }

  /** Draws a sample of what a codebook is for. */
  @FunctionalInterface
  interface Sampler {
    FloatMatrix sample(int rows, long seed) throws IOException;
  }

  /** Draws from the vectors of the segment. */
  FloatMatrix sampleSegment(int rows, long seed) throws IOException {
    return TrainingSample.draw(vectors.source(), rows, seed, abort::check);
  }

  /**
   * Trains a codebook.
   *
   * @param sampler draws from as many vectors as the population of the plan
   */
  TrainedCodebook train(IndexPlan.Train plan, Sampler sampler) throws IOException {
    CodebookTrainer trainer = segment.ports().trainer();
    long affordable = segment.params().mergeBudgetBytes() / (2L * Float.BYTES * vectors.dim());
    long wanted = (long) POINTS_PER_CENTROID * plan.nlist();
    long population = plan.population();
    int rows = (int) Math.max(1, Math.min(Math.min(wanted, affordable), population));
    FloatMatrix sample = sampler.sample(rows, SEED);
    int nlist =
        sample.rows() < population
            ? Math.clamp(sample.rows() / LEAST_POINTS_PER_CENTROID, 1, plan.nlist())
            : plan.nlist();
    KMeansParams kmeans = KMeansParams.of(nlist, SEED).withThreads(trainer.threads());
    Encoding encoding = segment.params().encodingFor(vectors.dim());
    TrainingRequest request =
        plan.parent()
            .map(parent ->
                TrainingRequest.successorOf(parent.codebook(), encoding, kmeans, population))
            .orElseGet(() ->
                new TrainingRequest(
                    vectors.metric(), encoding, kmeans, population, Optional.empty()));
    request = request.withQuerySample(querySample()).withSpill(segment.params().spill());
    return trainer.train(request, sample, TrainingMonitor.of(abort));
  }

  /** The sample of queries, if it can be asked of this field: a format may serve several fields. */
  private QuerySample querySample() {
    QuerySample given = segment.params().querySample();
    if (given.fits(vectors.dim())) {
      return given;
    }
    IvfInfo.tell(
        segment.state().infoStream,
        () ->
            "field="
                + vectors.field()
                + ": query sample not used, it must have "
                + vectors.dim()
                + " dimensions, got: "
                + given.dim());
    return QuerySample.NONE;
  }

  /** Returns a codebook of one list, about the mean. */
  SegmentCodebook oneList() throws IOException {
    FloatMatrix sample = sampleSegment(MEAN_SAMPLE, SEED);
    VectorSpace space = VectorSpace.fitting(vectors.metric(), sample.values());
    int dim = vectors.dim();
    double[] sums = new double[dim];
    float[] row = new float[dim];
    for (int r = 0; r < sample.rows(); r++) {
      System.arraycopy(sample.values(), r * dim, row, 0, dim);
      space.map(row, 0, 1, dim);
      for (int d = 0; d < dim; d++) {
        sums[d] += row[d];
      }
    }
    float[] mean = new float[dim];
    for (int d = 0; d < dim; d++) {
      mean[d] = (float) (sums[d] / sample.rows());
    }
    return new SegmentCodebook(
        Codebook.oneList(space, mean, vectors.size()), Calibration.uncalibrated());
  }
}

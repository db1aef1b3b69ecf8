package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.codebook.TrainingProgress.Phase;
import java.io.IOException;
import java.util.SplittableRandom;

/**
 * A training sample in the codebook's space, with some rows held out as queries.
 *
 * @param space fitting the sample
 * @param rows [n × dim] to train with
 * @param queries [m × dim] to judge with, none of them in {@code rows}; m may be 0
 */
record PreparedSample(VectorSpace space, FloatMatrix rows, FloatMatrix queries) {

  private static final int MIN_ROWS = 200;
  private static final int MAX_QUERIES = 1000;
  private static final int ROWS_PER_QUERY = 20;

  /** Multiply-adds of finding true neighbours, about 0.5 s of fast code, unless lists are many. */
  private static final long NEIGHBOR_WORK = 45_000_000_000L;

  private static final int CHUNK_FLOATS = 1 << 22;

  /**
   * Copies, maps and parts a sample.
   *
   * @throws IllegalArgumentException if it is empty or a value is not finite
   */
  static PreparedSample of(TrainingRequest request, FloatMatrix sample, ProgressTeller teller)
      throws IOException {
    if (sample.rows() < 1) {
      throw new IllegalArgumentException("sample must have at least 1 row, got: 0");
    }
    teller.tell(Phase.PREPARE, 0, Double.NaN);
    requireFinite(sample, teller);
    VectorSpace space = VectorSpace.fitting(request.metric(), sample.values());
    int dim = sample.dim();
    int held = heldOut(sample, request.params().nlist());
    float[] rows = new float[(sample.rows() - held) * dim];
    float[] queries = new float[held * dim];
    SplittableRandom random = new SplittableRandom(request.params().seed());
    int taken = 0;
    int chunk = chunkRows(dim);
    for (int row = 0; row < sample.rows(); row++) {
      if (row % chunk == 0) {
        teller.tell(Phase.PREPARE, 0.2 + 0.8 * row / sample.rows(), Double.NaN);
      }
      boolean take = random.nextInt(sample.rows() - row) < held - taken;
      float[] to = take ? queries : rows;
      int at = (take ? taken : row - taken) * dim;
      System.arraycopy(sample.values(), row * dim, to, at, dim);
      space.map(to, at, 1, dim);
      taken += take ? 1 : 0;
    }
    teller.tell(Phase.PREPARE, 1, Double.NaN);
    return new PreparedSample(
        space,
        new FloatMatrix(rows, sample.rows() - held, dim),
        new FloatMatrix(queries, held, dim));
  }

  private static int chunkRows(int dim) {
    return Math.max(1, CHUNK_FLOATS / dim);
  }

  private static void requireFinite(FloatMatrix sample, ProgressTeller teller) throws IOException {
    float[] values = sample.values();
    for (int i = 0; i < values.length; i++) {
      if (i % CHUNK_FLOATS == 0) {
        teller.tell(Phase.PREPARE, 0.2 * i / values.length, Double.NaN);
      }
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "sample must be finite, got: %s in row %d, component %d"
                .formatted(values[i], i / sample.dim(), i % sample.dim()));
      }
    }
  }

  /** Queries to hold out: enough to judge, but cheap beside the training. */
  private static int heldOut(FloatMatrix sample, int nlist) {
    if (sample.rows() < MIN_ROWS) {
      return 0;
    }
    long cheap = Math.max(NEIGHBOR_WORK / sample.values().length, nlist / 2);
    long few = Math.min(MAX_QUERIES, sample.rows() / ROWS_PER_QUERY);
    return (int) Math.min(few, Math.max(cheap, 100));
  }
}

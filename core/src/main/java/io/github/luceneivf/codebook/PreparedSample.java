// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.clustering.Workers;
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

  private static final int CHUNK_FLOATS = 1 << 20;
  private static final int CHUNK_ROWS = 1 << 16;

  /**
   * Copies, maps and parts a sample.
   *
   * @throws IllegalArgumentException if it is empty or a value is not finite
   */
  static PreparedSample of(
      TrainingRequest request, FloatMatrix sample, ProgressTeller teller, Workers workers)
      throws IOException {
    if (sample.rows() < 1) {
      throw new IllegalArgumentException("sample must have at least 1 row, got: 0");
    }
    teller.tell(Phase.PREPARE, 0, Double.NaN);
    float largest = requireFinite(sample, teller);
    VectorSpace space = VectorSpace.fitting(request.metric(), new float[] {largest});
    int dim = sample.dim();
    int held = heldOut(sample, request.params().nlist());
    int[] places = places(sample.rows(), held, request.params().seed(), teller);
    float[] rows = new float[(sample.rows() - held) * dim];
    float[] queries = new float[held * dim];
    workers.run(
        sample.rows(),
        Math.max(1, CHUNK_FLOATS / dim),
        (_, from, to) -> {
          for (int row = from; row < to; row++) {
            float[] target = places[row] < 0 ? queries : rows;
            int at = (places[row] < 0 ? -1 - places[row] : places[row]) * dim;
            System.arraycopy(sample.values(), row * dim, target, at, dim);
            space.map(target, at, 1, dim);
          }
        },
        share -> teller.tell(Phase.PREPARE, 0.2 + 0.8 * share, Double.NaN));
    teller.tell(Phase.PREPARE, 1, Double.NaN);
    return new PreparedSample(
        space,
        new FloatMatrix(rows, sample.rows() - held, dim),
        new FloatMatrix(queries, held, dim));
  }

  /** Where each row goes: p is place p among the rows to train with, −1 − p among the queries. */
  private static int[] places(int rows, int held, long seed, ProgressTeller teller)
      throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    int[] places = new int[rows];
    int taken = 0;
    for (int row = 0; row < rows; row++) {
      if (row % CHUNK_ROWS == 0) {
        teller.tell(Phase.PREPARE, 0.2, Double.NaN);
      }
      boolean take = random.nextInt(rows - row) < held - taken;
      places[row] = take ? -1 - taken : row - taken;
      taken += take ? 1 : 0;
    }
    return places;
  }

  /** Returns the largest absolute value of a sample in which all are finite. */
  private static float requireFinite(FloatMatrix sample, ProgressTeller teller) throws IOException {
    float[] values = sample.values();
    int largest = 0;
    for (int from = 0; from < values.length; from += CHUNK_FLOATS) {
      teller.tell(Phase.PREPARE, 0.2 * from / values.length, Double.NaN);
      int to = Math.min(values.length - from, CHUNK_FLOATS) + from;
      largest = Math.max(largest, largest(values, from, to));
      if (largest >= Float.floatToRawIntBits(Float.POSITIVE_INFINITY)) {
        throw notFinite(sample);
      }
    }
    return Float.intBitsToFloat(largest);
  }

  /** Bits of the largest absolute value; exponents of all ones are those that are not finite. */
  private static int largest(float[] values, int from, int to) {
    int largest = 0;
    for (int i = from; i < to; i++) {
      largest = Math.max(largest, Float.floatToRawIntBits(values[i]) & Integer.MAX_VALUE);
    }
    return largest;
  }

  private static IllegalArgumentException notFinite(FloatMatrix sample) {
    float[] values = sample.values();
    int at = 0;
    while (Float.isFinite(values[at])) {
      at++;
    }
    return new IllegalArgumentException(
        "sample must be finite, got: "
            + values[at]
            + " in row "
            + at / sample.dim()
            + ", component "
            + at % sample.dim());
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

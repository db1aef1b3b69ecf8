// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.clustering.Workers;
import io.github.luceneivf.codebook.TrainingProgress.Phase;
import java.io.IOException;
import java.util.SplittableRandom;

/**
 * A training sample in the codebook's space, with some rows held out as queries, and queries as
 * users ask them.
 *
 * @param space fitting the sample
 * @param rows [n × dim] to train with
 * @param queries [m × dim] to judge with, none of them in {@code rows}; m may be 0
 * @param askedQueries [a × dim] to judge with too, drawn from the request's query sample and mapped
 *     as a search maps a query; a may be 0
 */
record PreparedSample(
    VectorSpace space, FloatMatrix rows, FloatMatrix queries, FloatMatrix askedQueries) {

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
   * @throws IllegalArgumentException if it is empty, a value is not finite, or the query sample has
   *     another dimension
   */
  static PreparedSample of(
      TrainingRequest request, FloatMatrix sample, ProgressTeller teller, Workers workers)
      throws IOException {
    if (sample.rows() < 1) {
      throw new IllegalArgumentException("sample must have at least 1 row, got: 0");
    }
    request.querySample().requireDim(sample.dim());
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
        new FloatMatrix(queries, held, dim),
        asked(request, space, sample, teller));
  }

  /** Draws from the query sample what is cheap beside the training, and maps it. */
  private static FloatMatrix asked(
      TrainingRequest request, VectorSpace space, FloatMatrix sample, ProgressTeller teller)
      throws IOException {
    FloatMatrix given = request.querySample().queries();
    int dim = sample.dim();
    int count = Math.min(given.rows(), cheap(sample, request.params().nlist()));
    int[] places = places(given.rows(), count, request.params().seed(), teller);
    float[] asked = new float[count * dim];
    for (int row = 0; row < given.rows(); row++) {
      if (places[row] < 0) {
        float[] query = given.row(row);
        space.mapQuery(query);
        System.arraycopy(query, 0, asked, (-1 - places[row]) * dim, dim);
      }
    }
    return new FloatMatrix(asked, count, dim);
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
      largest = Math.max(largest, FiniteRows.requireRange("sample", sample, from, to));
    }
    return Float.intBitsToFloat(largest);
  }

  /** Queries to hold out: enough to judge, but cheap beside the training. */
  private static int heldOut(FloatMatrix sample, int nlist) {
    if (sample.rows() < MIN_ROWS) {
      return 0;
    }
    return Math.min(sample.rows() / ROWS_PER_QUERY, cheap(sample, nlist));
  }

  /** Queries of one kind whose true neighbours are found in little time, at least 100. */
  private static int cheap(FloatMatrix sample, int nlist) {
    long cheap = Math.max(NEIGHBOR_WORK / sample.values().length, nlist / 2);
    return (int) Math.clamp(cheap, 100, MAX_QUERIES);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.clustering.Workers;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.testdata.Recall;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AskedQueriesTest {

  private static final int DIM = 48;
  private static final int ROWS = 4000;
  private static final int ASKED = 300;
  private static final FloatMatrix ALL = VectorGenerators.powerLaw(ROWS + 2 * ASKED, DIM, 60, 3);
  private static final FloatMatrix BASE = VectorGenerators.slice(ALL, 0, ROWS);

  private static TrainingRequest request(Metric metric, Encoding encoding) {
    return new TrainingRequest(metric, encoding, KMeansParams.of(64, 17), ROWS, Optional.empty());
  }

  private static TrainedCodebook train(TrainingRequest request) throws IOException {
    return new LocalCodebookTrainer().train(request, BASE, TrainingMonitor.NONE);
  }

  /** Rows that are no vectors of the base, all moved the same way. */
  private static FloatMatrix shifted(int from, int to) {
    FloatMatrix rows = VectorGenerators.slice(ALL, from, to);
    float gap = (float) (4 * Math.sqrt(meanSquare(rows)));
    float[] values = rows.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] += i % 2 == 0 ? gap : -gap;
    }
    return new FloatMatrix(values, rows.rows(), DIM);
  }

  private static double meanSquare(FloatMatrix rows) {
    double sum = 0;
    for (float value : rows.values()) {
      sum += (double) value * value;
    }
    return sum / rows.values().length;
  }

  /** Vague queries, near the middle of all vectors: nothing is near, and everything as near. */
  private static FloatMatrix vague(int from, int to) {
    FloatMatrix rows = VectorGenerators.slice(ALL, from, to);
    float[] mean = BASE.mean();
    float[] values = rows.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = mean[i % DIM] + 0.1f * (values[i] - mean[i % DIM]);
    }
    return new FloatMatrix(values, rows.rows(), DIM);
  }

  /**
   * What is promised of queries unlike the vectors is kept for other queries of that kind: 0.96 or
   * more, where without a sample it is 0.70 and more.
   */
  @ParameterizedTest
  @EnumSource(Metric.class)
  void queriesUnlikeTheVectorsReachTheRecallAskedFor(Metric metric) throws IOException {
    FloatMatrix queries = vague(ROWS + ASKED, ROWS + 2 * ASKED);
    QuerySample sample = QuerySample.of(vague(ROWS, ROWS + ASKED));
    TrainingRequest blind = request(metric, Encoding.BIT1);
    TrainedCodebook told = train(blind.withQuerySample(sample));
    double without = recall(train(blind), queries, metric);
    double with = recall(told, queries, metric);
    assertTrue(without >= 0.65, metric + " without a sample: " + without);
    assertTrue(with >= 0.95, metric + " with a sample: " + with);
    assertTrue(with > without, metric + " with and without: " + with + ", " + without);
    assertEquals(262 + ASKED, told.calibration().queries());
  }

  private static double recall(TrainedCodebook trained, FloatMatrix queries, Metric metric)
      throws IOException {
    Calibration calibration = trained.calibration();
    SearchTwin twin = new SearchTwin(trained.codebook(), Encoding.BIT1, BASE);
    int[][] found = new int[queries.rows()][];
    for (int q = 0; q < found.length; q++) {
      found[q] = twin.search(queries.row(q), 10, calibration, new double[] {0.96, 0.99});
    }
    return Recall.at(10, BASE, queries, found, metric);
  }

  /** Far from all vectors, and moved as no vector is: curves by remoteness hold for these. */
  @ParameterizedTest
  @EnumSource(Metric.class)
  void queriesFarFromTheVectorsReachItWithoutASample(Metric metric) throws IOException {
    FloatMatrix queries = shifted(ROWS + ASKED, ROWS + 2 * ASKED);
    double recall = recall(train(request(metric, Encoding.BIT1)), queries, metric);
    assertTrue(recall >= 0.95, metric + ": " + recall);
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void easyQueriesChangeLittle(Metric metric) throws IOException {
    TrainingRequest blind = request(metric, Encoding.FLOAT32);
    QuerySample members = QuerySample.of(VectorGenerators.slice(BASE, 0, 400));
    TrainedCodebook with = train(blind.withQuerySample(members));
    TrainedCodebook without = train(blind);
    assertEquals(without.codebook().id(), with.codebook().id());
    for (int k : Calibration.MEASURED_K) {
      double nprobe = without.calibration().nprobe(k, 0.95);
      assertEquals(nprobe, with.calibration().nprobe(k, 0.95), 2 + 0.2 * nprobe);
    }
  }

  @Test
  void queriesJudgeACodebookThatIsTooSmallToHoldAnyOut() throws IOException {
    FloatMatrix few = VectorGenerators.slice(BASE, 0, 150);
    TrainingRequest request =
        new TrainingRequest(
                Metric.COSINE, Encoding.BIT1, KMeansParams.of(8, 17), 150, Optional.empty())
            .withQuerySample(QuerySample.of(VectorGenerators.slice(ALL, ROWS, ROWS + 50)));
    Calibration calibration =
        new LocalCodebookTrainer().train(request, few, TrainingMonitor.NONE).calibration();
    assertEquals(50, calibration.queries());
    assertTrue(calibration.nprobe(1, 0.5) < 8);
  }

  /** Queries far out of the vectors' scale, as a search may bring them. */
  @ParameterizedTest
  @EnumSource(Metric.class)
  void oddQueriesAreJudgedToo(Metric metric) throws IOException {
    float[] values = new float[6 * DIM];
    float[] scales = {0, 1e-38f, 1e-20f, 1, 1e20f, 1e38f};
    for (int i = 0; i < values.length; i++) {
      values[i] = scales[i / DIM] * (i % 3 - 1);
    }
    QuerySample odd = QuerySample.of(new FloatMatrix(values, 6, DIM));
    Calibration calibration =
        train(request(metric, Encoding.BIT1).withQuerySample(odd)).calibration();
    assertEquals(268, calibration.queries());
    assertEquals(1, calibration.recall(10, 64, calibration.usual()), 1e-6);
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void queriesAreMappedAsASearchMapsThem(Metric metric) throws IOException {
    FloatMatrix asked = VectorGenerators.scaled(shifted(ROWS, ROWS + 30), 1000);
    TrainingRequest request = request(metric, Encoding.BIT1).withQuerySample(QuerySample.of(asked));
    PreparedSample prepared;
    try (Workers workers = new Workers(2)) {
      prepared =
          PreparedSample.of(request, BASE, new ProgressTeller(TrainingMonitor.NONE), workers);
    }
    VectorSpace space = prepared.space();
    assertEquals(30, prepared.askedQueries().rows());
    for (int row = 0; row < 30; row++) {
      float[] query = asked.row(row);
      space.mapQuery(query);
      assertArrayEquals(query, prepared.askedQueries().row(row));
    }
  }

  @Test
  void moreQueriesThanAreCheapAreDrawnBySeed() throws IOException {
    FloatMatrix many = VectorGenerators.uniform(5000, DIM, 9);
    TrainingRequest request =
        request(Metric.EUCLIDEAN, Encoding.FLOAT32).withQuerySample(QuerySample.of(many));
    Calibration calibration = train(request).calibration();
    assertEquals(1262, calibration.queries());
    assertEquals(calibration, train(request).calibration());
  }

  @Test
  void queriesOfAnotherDimensionAreRefused() {
    QuerySample other = QuerySample.of(VectorGenerators.uniform(5, DIM + 1, 9));
    TrainingRequest request = request(Metric.EUCLIDEAN, Encoding.BIT1).withQuerySample(other);
    assertEquals(
        "querySample must have the 48 dimensions of the sample, got: 49",
        assertThrows(IllegalArgumentException.class, () -> train(request)).getMessage());
  }

  @Test
  void theSameRequestAsksTheSame() {
    TrainingRequest plain = request(Metric.EUCLIDEAN, Encoding.BIT1);
    FloatMatrix queries = VectorGenerators.uniform(5, DIM, 9);
    TrainingRequest asked = plain.withQuerySample(QuerySample.of(queries));
    assertEquals(asked, plain.withQuerySample(QuerySample.of(queries)));
    assertEquals(plain, asked.withQuerySample(QuerySample.NONE));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.testdata.Allocations;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Coder and scorer together, against the formulas in doubles. */
class BlockScorerTest {

  private static final int ROWS = 150;
  private static final List<Encoding> PRODUCTS = List.of(Encoding.PQ4, Encoding.PQ8);

  /** One list of random vectors about a centroid, a mean and a query. */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  private record Case(Quantizer quantizer, float[] centroid, float[] vectors, float[] query) {
    static Case random(Metric metric, int dim, double spread, long seed) {
      Random random = new Random(seed);
      float[] mean = QuantizationData.gaussian(random, 1, dim, 1);
      float[] centroid = QuantizationData.gaussian(random, 1, dim, 1);
      float[] vectors = QuantizationData.gaussian(random, ROWS, dim, spread);
      float[] query = QuantizationData.gaussian(random, 1, dim, spread);
      for (int i = 0; i < vectors.length; i++) {
        vectors[i] += centroid[i % dim];
      }
      for (int d = 0; d < dim; d++) {
        query[d] += centroid[d];
      }
      return new Case(QuantizationData.quantizer(metric, mean), centroid, vectors, query);
    }

    int dim() {
      return centroid.length;
    }

    float base() {
      return (float)
          QuantizationData.distance(quantizer.metric(), query, 0, centroid, 0, centroid.length);
    }

    double exact(int row) {
      return QuantizationData.distance(quantizer.metric(), query, 0, vectors, row * dim(), dim());
    }

    float[] scores(Encoding encoding) {
      Quantizer quantizer = QuantizationData.quantizer(encoding, this.quantizer, 0.5);
      byte[] list = QuantizationData.list(encoding, quantizer, centroid, vectors);
      return QuantizationData.score(encoding, quantizer, query, list, ROWS, base());
    }

    double[] rotated(float[] a, int aOffset, float[] b) {
      float[] diff = new float[dim()];
      for (int d = 0; d < diff.length; d++) {
        diff[d] = a[aOffset + d] - b[d];
      }
      float[] out = new float[Rotation.paddedDim(dim())];
      quantizer.rotation().rotate(diff, 0, out, 0, new float[out.length]);
      double[] doubles = new double[out.length];
      Arrays.setAll(doubles, i -> out[i]);
      return doubles;
    }

    double residualNorm(int row) {
      double[] r = rotated(vectors, row * dim(), centroid);
      return Math.sqrt(dot(r, r));
    }

    double queryNorm() {
      double[] r = rotated(query, 0, centroid);
      return Math.sqrt(dot(r, r));
    }

    /** The formula, with the query not quantized: what {@code code} stands for is {@code rho}. */
    double formula(int row, double[] rho) {
      double[] y = rotated(query, 0, quantizer.mean());
      double[] z = rotated(centroid, 0, quantizer.mean());
      double[] r = rotated(vectors, row * dim(), centroid);
      double near = dot(y, rho) - dot(z, rho);
      if (quantizer.metric() == Metric.INNER_PRODUCT) {
        double own = 0;
        for (int d = 0; d < dim(); d++) {
          own += (double) centroid[d] * (vectors[row * dim() + d] - centroid[d]);
        }
        return base() - own - near;
      }
      return base() + dot(r, r) - 2 * near;
    }

    double[] bits(int row) {
      double[] r = rotated(vectors, row * dim(), centroid);
      double[] rho = new double[r.length];
      Arrays.setAll(rho, i -> r[i] >= 0 ? 0.5 : -0.5);
      double s = dot(r, r) / dot(r, rho);
      return Arrays.stream(rho).map(v -> s * v).toArray();
    }

    /** What the record of a row on a grid stands for. */
    double[] grid(Encoding encoding, int row) {
      double[] r = rotated(vectors, row * dim(), centroid);
      int[] levels = QuantizationData.levels(encoding, quantizer, centroid, vectors, row);
      double middle = encoding.equals(Encoding.BIT2) ? 1.5 : 7.5;
      double[] v = Arrays.stream(levels).mapToDouble(level -> level - middle).toArray();
      double s = dot(r, r) / dot(r, v);
      return Arrays.stream(v).map(value -> s * value).toArray();
    }

    /** What the nearest centroids of a row's parts stand for. */
    double[] product(Encoding encoding, int row) {
      double[] r = rotated(vectors, row * dim(), centroid);
      SubCodebooks books =
          QuantizationData.quantizer(encoding, quantizer, 0.5).subCodebooks(encoding);
      int size = books.size();
      int subDim = books.subDim();
      double[] v = new double[r.length];
      for (int s = 0; s < books.subspaces(); s++) {
        double best = Double.POSITIVE_INFINITY;
        for (int c = 0; c < size; c++) {
          double distance = 0;
          for (int d = 0; d < subDim; d++) {
            float value = books.values()[(s * size + c) * subDim + d];
            distance += (value - r[s * subDim + d]) * (value - r[s * subDim + d]);
          }
          for (int d = 0; d < subDim && distance < best; d++) {
            v[s * subDim + d] = books.values()[(s * size + c) * subDim + d];
          }
          best = Math.min(best, distance);
        }
      }
      double cosine = dot(r, v) / Math.sqrt(dot(r, r) * dot(v, v));
      double scale = cosine >= 0.1 ? dot(r, r) / dot(r, v) : dot(r, v) / dot(v, v);
      return Arrays.stream(v).map(value -> scale * value).toArray();
    }

    double[] bytes(int row) {
      double[] r = rotated(vectors, row * dim(), centroid);
      double e = Arrays.stream(r).map(Math::abs).max().getAsDouble() / 127;
      return Arrays.stream(r).map(v -> e * Math.rint(v / e)).toArray();
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 31, 32, 33, 100, 128, 384, 784})
  void scoresAreTheFormulas(int dim) {
    for (Metric metric : Metric.values()) {
      Case data = Case.random(metric, dim, 0.5, dim);
      float[] floats = data.scores(Encoding.FLOAT32);
      float[] bytes = data.scores(Encoding.INT8);
      float[] bits = data.scores(Encoding.BIT1);
      float[] bits2 = data.scores(Encoding.BIT2);
      float[] bits4 = data.scores(Encoding.INT4);
      float[][] products = {data.scores(PRODUCTS.get(0)), data.scores(PRODUCTS.get(1))};
      double norm =
          data.queryNorm() + Math.sqrt(QuantizationData.dot(data.query, 0, data.query, 0, dim));
      double[] y = data.rotated(data.query, 0, data.quantizer.mean());
      double widest = Arrays.stream(y).map(Math::abs).max().getAsDouble() / 7.5;
      for (int row = 0; row < ROWS; row++) {
        double r = data.residualNorm(row);
        double scale = norm * norm + r * r;
        assertEquals(data.exact(row), floats[row], 1e-5 * scale, metric + " floats " + row);
        // A component that rounds the other way moves the code by one step, e.
        double step = r / 127 * norm * 4;
        assertEquals(data.formula(row, data.bytes(row)), bytes[row], step + 1e-4 * scale);
        // The quantized query: |error of ⟨y, v⟩| ≤ Σ|error| / 2, typically far less.
        double[] rho = data.bits(row);
        double factor = metric == Metric.INNER_PRODUCT ? 1 : 2;
        double bound = factor * Math.abs(rho[0]) * widest * Math.sqrt(y.length) * 2;
        assertEquals(data.formula(row, rho), bits[row], bound + 1e-4 * scale, metric + " bits");
        assertEquals(
            data.formula(row, data.grid(Encoding.BIT2, row)),
            bits2[row],
            3 * bound + 1e-4 * scale,
            metric + " BIT2");
        assertEquals(
            data.formula(row, data.grid(Encoding.INT4, row)),
            bits4[row],
            bound / 4 + 1e-4 * scale,
            metric + " INT4");
        for (int i = 0; i < PRODUCTS.size(); i++) {
          rho = data.product(PRODUCTS.get(i), row);
          double norm2 = Math.sqrt(dot(rho, rho) * dot(y, y)) + r * r;
          String what = metric + " " + PRODUCTS.get(i) + " row " + row;
          assertEquals(data.formula(row, rho), products[i][row], 0.03 * norm2 + 1e-4 * scale, what);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void estimatesAreUnbiasedAndWithinTheirBound(Metric metric) {
    // 1/ρ² − 1 for the best quantizer of a Gaussian with 2, 4 (Max, 1960, table I) and 16 levels
    // (table II: evenly spaced).
    assertUnbiased(metric, Encoding.BIT1, 0.5708, 0.7);
    assertUnbiased(metric, Encoding.BIT2, 0.1332, 0.7);
    assertUnbiased(metric, Encoding.BIT2, 0.1332, 1.2);
    assertUnbiased(metric, Encoding.INT4, 0.0117, 0.7);
    assertUnbiased(metric, Encoding.INT4, 0.0117, 1.2);
  }

  private static void assertUnbiased(
      Metric metric, Encoding encoding, double distortion, double spread) {
    int dim = 256;
    double sum = 0;
    double squares = 0;
    int count = 0;
    for (int seed = 0; seed < 20; seed++) {
      Case data = Case.random(metric, dim, spread, 1000 + seed);
      float[] scores = data.scores(encoding);
      for (int row = 0; row < ROWS; row++) {
        // RaBitQ: standard deviation ‖q − c‖‖r‖ √((1/ρ² − 1)/(D − 1)).
        double factor = metric == Metric.INNER_PRODUCT ? 1 : 2;
        double sigma =
            factor * data.queryNorm() * data.residualNorm(row) * Math.sqrt(distortion / (dim - 1));
        double error = (scores[row] - data.exact(row)) / sigma;
        sum += error;
        squares += error * error;
        count++;
      }
    }
    double mean = sum / count;
    double deviation = Math.sqrt(squares / count);
    String what = encoding + " " + metric + " " + spread;
    assertTrue(Math.abs(mean) < 0.1, what + " mean error in deviations: " + mean);
    // Inner products get queries of 4 bits throughout, whatever the distance to the mean.
    double limit = metric == Metric.INNER_PRODUCT ? 1.6 : 1.25;
    assertTrue(deviation < limit, what + " deviation against the theory: " + deviation);
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void bytesAreHundredTimesNearerThanBits(Metric metric) {
    Case data = Case.random(metric, 384, 0.7, 5);
    double bits = meanError(data, data.scores(Encoding.BIT1));
    double bytes = meanError(data, data.scores(Encoding.INT8));
    assertTrue(bytes < bits / 30, "bits: " + bits + ", bytes: " + bytes);
  }

  private static double meanError(Case data, float[] scores) {
    double sum = 0;
    for (int row = 0; row < ROWS; row++) {
      sum += Math.abs(scores[row] - data.exact(row));
    }
    return sum / ROWS;
  }

  /** Tight clusters far apart: here 4-bit queries about the mean alone know nothing any more. */
  @ParameterizedTest
  @ValueSource(doubles = {1, 0.1, 0.01, 0.001})
  void estimatesKeepTheirOrderFarFromTheMean(double spread) {
    for (Metric metric : new Metric[] {Metric.EUCLIDEAN, Metric.COSINE}) {
      assertOrderKept(Case.random(metric, 384, spread, 11), Encoding.BIT1, 0.571);
      // The finest queries: 12 bits, or tables of two bytes; at 0.001 their error is the larger
      // one.
      assertOrderKept(
          Case.random(metric, 384, spread, 12), Encoding.BIT2, spread < 0.01 ? 0.571 : 0.133);
      assertOrderKept(
          Case.random(metric, 384, spread, 13), Encoding.INT4, spread < 0.01 ? 0.133 : 0.0117);
    }
  }

  private static void assertOrderKept(Case data, Encoding encoding, double distortion) {
    float[] scores = data.scores(encoding);
    double sigma = 0;
    double squares = 0;
    for (int row = 0; row < ROWS; row++) {
      double expected =
          2 * data.queryNorm() * data.residualNorm(row) * Math.sqrt(distortion / (data.dim() - 1));
      sigma += expected * expected;
      double error = scores[row] - data.exact(row);
      squares += error * error;
    }
    double ratio = Math.sqrt(squares / sigma);
    assertTrue(ratio < 1.6, encoding + " deviation against the theory: " + ratio);
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void residualsOfZeroScoreTheirCentroidsDistance(Metric metric) {
    for (int dim : new int[] {1, 33, 384}) {
      Case data = Case.random(metric, dim, 0.5, 21);
      for (int row = 0; row < ROWS; row++) {
        System.arraycopy(data.centroid, 0, data.vectors, row * dim, dim);
      }
      for (Encoding encoding : Encoding.all()) {
        for (float score : data.scores(encoding)) {
          assertEquals(data.base(), score, 1e-4 * (1 + Math.abs(data.base())));
        }
      }
    }
  }

  @Test
  void termsAreFiniteWhateverTheInput() {
    float[] nasty = {
      0,
      -0f,
      Float.MIN_VALUE,
      1e-38f,
      1e18f,
      -1e18f,
      Float.MAX_VALUE,
      -Float.MAX_VALUE,
      Float.POSITIVE_INFINITY,
      Float.NaN
    };
    int dim = 8;
    Random random = new Random(3);
    for (Metric metric : Metric.values()) {
      Quantizer plain = QuantizationData.quantizer(metric, new float[dim]);
      for (Encoding encoding : Encoding.all()) {
        Quantizer quantizer = QuantizationData.quantizer(encoding, plain, 1);
        if (encoding.terms() == 0) {
          continue;
        }
        float[] centroid = QuantizationData.gaussian(random, 1, dim, 1e10);
        VectorCoder coder = new VectorCoder(encoding, quantizer, new FloatMatrix(centroid, 1, dim));
        byte[] record = new byte[encoding.recordBytes(dim)];
        for (int round = 0; round < 200; round++) {
          float[] x = new float[dim];
          for (int d = 0; d < dim; d++) {
            x[d] = nasty[random.nextInt(nasty.length)];
          }
          coder.encode(x, 0, 0, record, 0);
          ByteBuffer terms = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
          int at = encoding.codeBytes(dim);
          assertTrue(Float.isFinite(terms.getFloat(at)), Arrays.toString(x));
          assertTrue(Float.isFinite(terms.getFloat(at + 4)), Arrays.toString(x));
        }
      }
    }
  }

  @Test
  @Tag("allocation")
  void scoringDoesNotAllocateOncePrepared() {
    Case data = Case.random(Metric.EUCLIDEAN, 128, 0.5, 8);
    for (Encoding encoding : Encoding.all()) {
      Quantizer quantizer = QuantizationData.quantizer(encoding, data.quantizer, 0.5);
      byte[] list = QuantizationData.list(encoding, quantizer, data.centroid, data.vectors);
      CodeBlock layout = new CodeBlock(encoding, 128, 2);
      BlockScorer scorer = new BlockScorer(layout, new QueryCode(quantizer, data.query));
      // Native as in an index; loads from byte arrays are boxed where nothing else was loaded.
      MemorySegment segment =
          Arena.ofAuto().allocate(list.length).copyFrom(MemorySegment.ofArray(list));
      float[] out = new float[CodeBlock.WIDTH];
      long least =
          Allocations.least(
              1000,
              () -> {
                scorer.score(segment, 0, CodeBlock.TAIL_WIDTH, data.base(), out, 0);
                scorer.scoreTail(segment, 0, 1, data.base(), out, 0);
              });
      assertTrue(least < 1000, encoding + " allocated bytes in 1000 calls: " + least);
    }
  }

  @Test
  void otherDimensionsAreRefused() {
    Quantizer quantizer = QuantizationData.quantizer(Metric.EUCLIDEAN, new float[8]);
    QueryCode query = new QueryCode(quantizer, new float[8]);
    assertEquals(
        "query must have dimension 9, got: 8",
        assertThrows(
                IllegalArgumentException.class,
                () -> new BlockScorer(new CodeBlock(Encoding.BIT1, 9, 1), query))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> new QueryCode(quantizer, new float[9]));
    assertThrows(
        IllegalArgumentException.class,
        () -> new VectorCoder(Encoding.BIT1, quantizer, new FloatMatrix(new float[9], 1, 9)));
  }
}

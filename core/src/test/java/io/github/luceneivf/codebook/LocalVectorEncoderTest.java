// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.quantization.VectorCoder;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LocalVectorEncoderTest {

  /** Keeps everything. */
  private static final class Kept implements EncodedSink {
    final List<Integer> lists = new ArrayList<>();
    final ByteArrayOutputStream records = new ByteArrayOutputStream();
    final int recordBytes;

    Kept(int recordBytes) {
      this.recordBytes = recordBytes;
    }

    @Override
    public void accept(int firstOrd, int count, int[] lists, byte[] records) {
      assertEquals(this.lists.size(), firstOrd);
      for (int i = 0; i < count; i++) {
        this.lists.add(lists[i]);
      }
      this.records.write(records, 0, count * recordBytes);
    }

    @Override
    public void acceptCopies(int count, int[] ords, int[] lists, byte[] records) {
      throw new AssertionError("no vector is in two lists here");
    }

    @Override
    public void restart() {
      throw new AssertionError("a local encoder starts once");
    }
  }

  private static Codebook codebook(Metric metric, FloatMatrix sample) throws IOException {
    return codebook(metric, Encoding.BIT1, sample);
  }

  private static Codebook codebook(Metric metric, Encoding encoding, FloatMatrix sample)
      throws IOException {
    TrainingRequest request =
        new TrainingRequest(
            metric, encoding, KMeansParams.of(16, 1), sample.rows(), Optional.empty());
    return new LocalCodebookTrainer().train(request, sample, TrainingMonitor.NONE).codebook();
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void everyVectorGoesToItsNearestList(Metric metric) throws IOException {
    FloatMatrix rows = VectorGenerators.scaled(VectorGenerators.uniform(1100, 33, 1), 1e-20f);
    Codebook plain = codebook(metric, rows);
    FloatMatrix mapped = new FloatMatrix(rows.values().clone(), rows.rows(), rows.dim());
    plain.space().map(mapped.values(), 0, rows.rows(), rows.dim());
    for (Encoding encoding : Encoding.all()) {
      Codebook codebook = plain.supports(encoding) ? plain : codebook(metric, encoding, rows);
      int recordBytes = encoding.recordBytes(33);
      Kept kept = new Kept(recordBytes);
      new LocalVectorEncoder().encode(codebook, encoding, rows.asSource(), kept, AbortCheck.NONE);
      assertEquals(rows.rows(), kept.lists.size());
      Kept shared = new Kept(recordBytes);
      new LocalVectorEncoder(3)
          .encode(codebook, encoding, rows.asSource(), shared, AbortCheck.NONE);
      assertEquals(kept.lists, shared.lists);
      assertArrayEquals(kept.records.toByteArray(), shared.records.toByteArray());
      VectorCoder coder = new VectorCoder(encoding, codebook.quantizer(), codebook.centroids());
      byte[] expected = new byte[rows.rows() * recordBytes];
      for (int row = 0; row < rows.rows(); row++) {
        int list = kept.lists.get(row);
        assertTrue(
            squared(mapped, row, codebook.centroids(), list)
                <= squared(mapped, row, codebook.centroids(), nearest(mapped, row, codebook))
                    * (1 + 1e-5));
        coder.encode(mapped.values(), row * 33, list, expected, row * recordBytes);
      }
      assertArrayEquals(expected, kept.records.toByteArray());
    }
  }

  private static int nearest(FloatMatrix rows, int row, Codebook codebook) {
    int best = 0;
    for (int list = 1; list < codebook.nlist(); list++) {
      if (squared(rows, row, codebook.centroids(), list)
          < squared(rows, row, codebook.centroids(), best)) {
        best = list;
      }
    }
    return best;
  }

  private static double squared(FloatMatrix a, int aRow, FloatMatrix b, int bRow) {
    double sum = 0;
    for (int d = 0; d < a.dim(); d++) {
      double diff = (double) a.values()[aRow * a.dim() + d] - b.values()[bRow * a.dim() + d];
      sum += diff * diff;
    }
    return sum;
  }

  @Test
  void oneListTakesEverything() throws IOException {
    Codebook codebook =
        Codebook.oneList(new VectorSpace(Metric.COSINE, 0), new float[] {0.5f, 0.5f}, 3);
    Kept kept = new Kept(Encoding.BIT1.recordBytes(2));
    float[] values = {1, 2, 0, 0, -3, 1};
    new LocalVectorEncoder()
        .encode(
            codebook,
            Encoding.BIT1,
            new FloatMatrix(values, 3, 2).asSource(),
            kept,
            AbortCheck.NONE);
    assertEquals(List.of(0, 0, 0), kept.lists);
  }

  @Test
  void anAbortPassesThrough() throws IOException {
    FloatMatrix rows = VectorGenerators.uniform(5000, 8, 1);
    Codebook codebook = codebook(Metric.EUCLIDEAN, rows);
    IOException stop = new IOException("stop");
    int[] left = {3};
    AbortCheck abort =
        () -> {
          if (left[0]-- == 0) {
            throw stop;
          }
        };
    Kept kept = new Kept(Encoding.BIT1.recordBytes(8));
    assertSame(
        stop,
        assertThrows(
            IOException.class,
            () ->
                new LocalVectorEncoder()
                    .encode(codebook, Encoding.BIT1, rows.asSource(), kept, abort)));
    assertTrue(kept.lists.size() < rows.rows());
  }

  @Test
  void encodingsThatTheCodebookDoesNotSupportAreRefused() throws IOException {
    FloatMatrix rows = VectorGenerators.uniform(50, 8, 1);
    Codebook plain = codebook(Metric.EUCLIDEAN, rows);
    Codebook four = codebook(Metric.EUCLIDEAN, Encoding.PQ4, rows);
    assertEquals(
        "codebook must have sub-codebooks of 16 × 2 for PQ4, got: none",
        refusal(plain, Encoding.PQ4, rows));
    assertEquals(
        "codebook must have sub-codebooks of 256 × 8 for PQ8, got: 16 × 2",
        refusal(four, Encoding.PQ8, rows));
  }

  private static String refusal(Codebook codebook, Encoding encoding, FloatMatrix rows) {
    return String.valueOf(
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    new LocalVectorEncoder()
                        .encode(codebook, encoding, rows.asSource(), new Kept(1), AbortCheck.NONE))
            .getMessage());
  }

  @Test
  void otherDimensionsAreRefused() throws IOException {
    Codebook codebook = codebook(Metric.EUCLIDEAN, VectorGenerators.uniform(50, 8, 1));
    FloatMatrix other = VectorGenerators.uniform(5, 9, 1);
    assertEquals(
        "vectors must have dimension 8, got: 9",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    new LocalVectorEncoder()
                        .encode(
                            codebook,
                            Encoding.BIT1,
                            other.asSource(),
                            new Kept(1),
                            AbortCheck.NONE))
            .getMessage());
  }

  /** With many lists a batch is small: a batch is all that is done between two questions. */
  @Test
  void asksOftenWhereListsAreMany() throws IOException {
    int nlist = 4_096;
    int dim = 128;
    FloatMatrix centroids = VectorGenerators.uniform(nlist, dim, 1);
    Codebook codebook =
        new Codebook(
            new Codebook.Content(
                new VectorSpace(Metric.EUCLIDEAN, 0),
                centroids,
                new float[nlist],
                centroids.mean(),
                1,
                Optional.empty()),
            new Codebook.Lineage(1, Optional.empty(), nlist));
    int[] rowsPerQuestion = new int[2];
    EncodedSink sink =
        new EncodedSink() {
          @Override
          public void accept(int firstOrd, int count, int[] lists, byte[] records) {
            rowsPerQuestion[0] += count;
            rowsPerQuestion[1] = Math.max(rowsPerQuestion[1], rowsPerQuestion[0]);
          }

          @Override
          public void acceptCopies(int count, int[] ords, int[] lists, byte[] records) {
            throw new AssertionError("no vector is in two lists here");
          }

          @Override
          public void restart() {
            throw new AssertionError("a local encoder starts once");
          }
        };
    new LocalVectorEncoder()
        .encode(codebook, Encoding.BIT1, centroids.asSource(), sink, () -> rowsPerQuestion[0] = 0);
    long work = (long) rowsPerQuestion[1] * nlist * dim;
    assertTrue(work > 0 && work <= 1L << 28, "multiply-adds between questions: " + work);
  }
}

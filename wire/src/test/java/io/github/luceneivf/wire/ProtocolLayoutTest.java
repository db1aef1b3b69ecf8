// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.EncodedSink;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.codebook.Spill;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@code docs/protocol.md} says of codebooks and records, held against real ones by a reader
 * that was written after the document alone.
 */
class ProtocolLayoutTest {

  private static final int DIM = 90; // padded to 96, two blocks
  private static final int ROWS = 600;

  private static FloatMatrix vectors() {
    Random random = new Random(5);
    float[] values = new float[ROWS * DIM];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (3 * random.nextGaussian() + 0.5 + i / DIM % 4);
    }
    return new FloatMatrix(values, ROWS, DIM);
  }

  static Stream<Arguments> all() {
    return Arrays.stream(Metric.values())
        .flatMap(metric -> Encoding.all().stream().map(encoding -> Arguments.of(metric, encoding)));
  }

  /** Codes of all vectors. */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  private record Codes(int[] lists, byte[] records) {}

  /** Codes of all vectors in their lists, and of those that have a second one in that; −1: none. */
  private record Encoded(Codes own, Codes second) {}

  private static Codes empty(int recordBytes) {
    int[] lists = new int[ROWS];
    Arrays.fill(lists, -1);
    return new Codes(lists, new byte[ROWS * recordBytes]);
  }

  private static Encoded encode(Codebook codebook, Encoding encoding, FloatMatrix vectors)
      throws IOException {
    int recordBytes = encoding.recordBytes(DIM);
    Codes all = empty(recordBytes);
    Codes second = empty(recordBytes);
    EncodedSink sink =
        new EncodedSink() {
          @Override
          public void accept(int firstOrd, int count, int[] lists, byte[] records) {
            System.arraycopy(lists, 0, all.lists, firstOrd, count);
            System.arraycopy(records, 0, all.records, firstOrd * recordBytes, count * recordBytes);
          }

          @Override
          public void acceptCopies(int count, int[] ords, int[] lists, byte[] records) {
            for (int i = 0; i < count; i++) {
              second.lists[ords[i]] = lists[i];
              System.arraycopy(
                  records, i * recordBytes, second.records, ords[i] * recordBytes, recordBytes);
            }
          }

          @Override
          public void restart() {}
        };
    new LocalVectorEncoder().encode(codebook, encoding, vectors.asSource(), sink, AbortCheck.NONE);
    return new Encoded(all, second);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("all")
  void recordsAreAsTheDocumentSays(Metric metric, Encoding encoding) throws IOException {
    FloatMatrix vectors = vectors();
    TrainingRequest request =
        new TrainingRequest(metric, encoding, KMeansParams.of(5, 9), ROWS, Optional.empty())
            .withSpill(new Spill(0.4));
    Codebook codebook =
        new LocalCodebookTrainer(1).train(request, vectors, TrainingMonitor.NONE).codebook();
    byte[] bytes = codebook.toBytes();
    DocumentedCodebook documented = new DocumentedCodebook(bytes);
    assertEquals(
        codebook.id(),
        CodebookId.hashOf(Arrays.copyOfRange(bytes, documented.contentFrom, documented.contentTo)));
    Encoded encoded = encode(codebook, encoding, vectors);
    Codes codes = encoded.own;
    int spilled = 0;
    for (int ord = 0; ord < ROWS; ord++) {
      float[] x = documented.map(Arrays.copyOfRange(vectors.values(), ord * DIM, (ord + 1) * DIM));
      int at = ord * encoding.recordBytes(DIM);
      assertEquals(nearest(documented, x), codes.lists[ord], "list of " + ord);
      int second = second(documented, x, codes.lists[ord]);
      assertEquals(second, encoded.second.lists[ord], "second list of " + ord);
      spilled += second < 0 ? 0 : 1;
      if (second >= 0 && !encoding.equals(Encoding.FLOAT32)) {
        assertRecord(documented, encoding, x, encoded.second, ord);
      }
      if (encoding.equals(Encoding.FLOAT32)) {
        float[] floats = new float[DIM];
        littleEndian(codes.records)
            .slice(at, DIM * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer()
            .get(floats);
        assertArrayEquals(x, floats);
      } else {
        assertRecord(documented, encoding, x, codes, ord);
      }
    }
    assertEquals(0.4 * ROWS, spilled, 0.1 * ROWS);
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int nearest(DocumentedCodebook codebook, float[] x) {
    int best = 0;
    for (int list = 1; list < codebook.nlist; list++) {
      if (norm(minus(x, codebook.centroids[list])) < norm(minus(x, codebook.centroids[best]))) {
        best = list;
      }
    }
    return best;
  }

  private static int second(DocumentedCodebook codebook, float[] x, int own) {
    float[] r = minus(x, codebook.centroids[own]);
    int best = -1;
    double least = codebook.spillCost;
    for (int list = 0; list < codebook.nlist; list++) {
      float[] other = minus(x, codebook.centroids[list]);
      double cost = norm(other) / norm(r) + Math.pow(Math.max(0, dot(r, other)) / norm(r), 2);
      if (list != own && cost < least) {
        least = cost;
        best = list;
      }
    }
    return best;
  }

  private static void assertRecord(
      DocumentedCodebook codebook, Encoding encoding, float[] x, Codes codes, int ord) {
    int at = ord * encoding.recordBytes(DIM);
    float[] c = codebook.centroids[codes.lists[ord]];
    float[] r = codebook.rotate(minus(x, c));
    float[] z = codebook.rotate(minus(c, codebook.mean));
    float[] v = codebook.code(encoding.wireId(), codes.records, at);
    int termsAt = at + encoding.codeBytes(DIM);
    double t0 = littleEndian(codes.records).getFloat(termsAt);
    double t1 = littleEndian(codes.records).getFloat(termsAt + Float.BYTES);
    boolean inner = codebook.metric == 3;
    double s = inner ? -t1 : -t1 / 2;
    double expected = inner ? s * dot(z, v) - dot(c, minus(x, c)) : norm(r) + 2 * s * dot(z, v);
    double size = norm(r) + Math.abs(s * dot(z, v)) + norm(c);
    assertEquals(expected, t0, 1e-4 * size, "t0 of " + ord);
    if (encoding.equals(Encoding.INT8)) {
      for (int i = 0; i < v.length; i++) {
        assertEquals(r[i], s * v[i], 0.51 * s, "component " + i + " of " + ord);
      }
    } else {
      assertEquals(norm(r), s * dot(r, v), 1e-4 * norm(r), "scale of " + ord);
    }
    if (encoding.equals(Encoding.BIT1)) {
      for (int i = 0; i < v.length; i++) {
        assertEquals(r[i] >= 0, v[i] > 0, "sign " + i + " of " + ord);
      }
    }
    // The vector itself as the query: how far it is from its own code.
    double base = inner ? -dot(x, c) : norm(minus(x, c));
    double estimate = base + t0 + t1 * dot(codebook.rotate(minus(x, codebook.mean)), v);
    double exact = inner ? -dot(x, x) : 0;
    assertTrue(
        Math.abs(estimate - exact) <= 0.02 * norm(r) + 1e-4 * norm(x),
        () -> "estimate of " + ord + ": " + estimate + ", exact: " + exact);
  }

  private static float[] minus(float[] a, float[] b) {
    float[] difference = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      difference[i] = a[i] - b[i];
    }
    return difference;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static double norm(float[] a) {
    return dot(a, a);
  }
}

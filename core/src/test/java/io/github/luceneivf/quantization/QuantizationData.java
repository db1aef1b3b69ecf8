// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;

/** Vectors, and lists coded from them, for the tests of this package. */
final class QuantizationData {

  private QuantizationData() {}

  static float[] gaussian(Random random, int rows, int dim, double scale) {
    float[] values = new float[rows * dim];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return values;
  }

  static Quantizer quantizer(Metric metric, float[] mean) {
    return new Quantizer(metric, mean, new Rotation(99, mean.length));
  }

  /** A quantizer with what an encoding needs: sub-codebooks of random residuals, if any. */
  static Quantizer quantizer(Encoding encoding, Quantizer other, double spread) {
    if (encoding.subCodebookSize() == 0) {
      return other;
    }
    int padded = Rotation.paddedDim(other.dim());
    float[] values = gaussian(new Random(6), encoding.subCodebookSize(), padded, spread * 0.8);
    SubCodebooks books =
        new SubCodebooks(encoding.subCodebookSize(), encoding.subspaceDim(), values);
    return new Quantizer(other.metric(), other.mean(), other.rotation(), books);
  }

  /** Codes {@code rows} vectors to {@code centroid} as one list. */
  static byte[] list(Encoding encoding, Quantizer quantizer, float[] centroid, float[] vectors) {
    int dim = centroid.length;
    int rows = vectors.length / dim;
    CodeBlock layout = new CodeBlock(encoding, dim, 2);
    VectorCoder coder = new VectorCoder(encoding, quantizer, new FloatMatrix(centroid, 1, dim));
    int recordBytes = encoding.recordBytes(dim);
    byte[] records = new byte[rows * recordBytes];
    int[] ords = new int[rows];
    for (int i = 0; i < rows; i++) {
      coder.encode(vectors, i * dim, 0, records, i * recordBytes);
      ords[i] = i;
    }
    byte[] list = new byte[(int) layout.listBytes(rows)];
    byte[] block = new byte[layout.blockBytes(CodeBlock.WIDTH)];
    for (int at = 0; at < rows; ) {
      int width = CodeBlock.widthAt(at, rows);
      int count = Math.min(width, rows - at);
      layout.pack(ords, at, records, at * recordBytes, count, width, block);
      int to = (int) layout.blockOffset(at, rows);
      System.arraycopy(block, 0, list, to, layout.blockBytes(width));
      at += count;
    }
    return list;
  }

  /** Level numbers [padded] in the record of a row, of an encoding on a grid. */
  static int[] levels(
      Encoding encoding, Quantizer quantizer, float[] centroid, float[] vectors, int row) {
    int dim = centroid.length;
    byte[] record = new byte[encoding.recordBytes(dim)];
    new VectorCoder(encoding, quantizer, new FloatMatrix(centroid, 1, dim))
        .encode(vectors, row * dim, 0, record, 0);
    int padded = Rotation.paddedDim(dim);
    int[] levels = new int[padded];
    for (int i = 0; i < padded; i++) {
      levels[i] =
          encoding.equals(Encoding.BIT2)
              ? bit(record, i) + 2 * bit(record, padded + i)
              : record[i / 2] >>> (i % 2 * 4) & 15;
    }
    return levels;
  }

  private static int bit(byte[] record, int i) {
    return record[i / 8] >>> (i % 8) & 1;
  }

  /** Scores a whole list, its tail in both ways. */
  static float[] score(
      Encoding encoding, Quantizer quantizer, float[] query, byte[] list, int rows, float base) {
    CodeBlock layout = new CodeBlock(encoding, query.length, 2);
    BlockScorer scorer = new BlockScorer(layout, new QueryCode(quantizer, query));
    float[] scores = new float[rows + CodeBlock.WIDTH];
    float[] out = new float[CodeBlock.WIDTH];
    for (int at = 0; at < rows; ) {
      int width = CodeBlock.widthAt(at, rows);
      scorer.score(MemorySegment.ofArray(list), layout.blockOffset(at, rows), width, base, out, 0);
      System.arraycopy(out, 0, scores, at, width);
      at += width;
    }
    int full = rows / CodeBlock.WIDTH * CodeBlock.WIDTH;
    if (full < rows) {
      int blocks = CodeBlock.tailBlocks(rows - full);
      float[] tail = new float[1 + blocks * CodeBlock.TAIL_WIDTH];
      long offset = layout.blockOffset(full, rows);
      scorer.scoreTail(MemorySegment.ofArray(list), offset, blocks, base, tail, 1);
      assertArrayEquals(
          Arrays.copyOfRange(scores, full, rows),
          Arrays.copyOfRange(tail, 1, 1 + rows - full),
          encoding + " tail");
    }
    return Arrays.copyOf(scores, rows);
  }

  static double dot(float[] a, int aOffset, float[] b, int bOffset, int dim) {
    double sum = 0;
    for (int d = 0; d < dim; d++) {
      sum += (double) a[aOffset + d] * b[bOffset + d];
    }
    return sum;
  }

  static double distance(Metric metric, float[] a, int aOffset, float[] b, int bOffset, int dim) {
    if (metric == Metric.INNER_PRODUCT) {
      return -dot(a, aOffset, b, bOffset, dim);
    }
    double sum = 0;
    for (int d = 0; d < dim; d++) {
      double diff = (double) a[aOffset + d] - b[bOffset + d];
      sum += diff * diff;
    }
    return sum;
  }
}

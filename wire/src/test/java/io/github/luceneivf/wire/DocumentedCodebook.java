// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A codebook as a reader sees it who has nothing but {@code docs/protocol.md}: written after the
 * text of the document, without a class of {@code core}.
 */
final class DocumentedCodebook {

  final int metric;
  final int nlist;
  final int dim;
  final int padded;
  final float spillCost;
  final float[] mean;
  final float[][] centroids;
  final int contentFrom = 8;
  final int contentTo;
  private final int exponent;
  private final int[][] permutations = new int[3][];
  private final float[][] factors = new float[3][];
  private final int size;
  private final int subDim;
  private final float[] subCentroids;
  private long state;

  DocumentedCodebook(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    in.getInt(); // magic
    int version = in.getInt();
    metric = in.getInt();
    exponent = in.getInt();
    nlist = in.getInt();
    dim = in.getInt();
    padded = (dim + 31) / 32 * 32;
    state = in.getLong();
    spillCost = in.getFloat();
    mean = floats(in, dim);
    floats(in, nlist); // radii
    centroids = new float[nlist][];
    for (int list = 0; list < nlist; list++) {
      centroids[list] = floats(in, dim);
    }
    size = version == 4 ? in.getInt() : 0;
    subDim = version == 4 ? in.getInt() : 0;
    subCentroids = floats(in, size * padded);
    contentTo = in.position();
    for (int round = 0; round < 3; round++) {
      permutations[round] = new int[padded];
      factors[round] = new float[padded];
      for (int i = 0; i < padded; i++) {
        int j = (int) (((next() >>> 32) * (i + 1)) >>> 32);
        permutations[round][i] = permutations[round][j];
        permutations[round][j] = i;
      }
      for (int i = 0; i < padded; i++) {
        float factor = (float) (1 / Math.sqrt(block(i)));
        factors[round][i] = next() < 0 ? -factor : factor;
      }
    }
  }

  private static float[] floats(ByteBuffer in, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = in.getFloat();
    }
    return values;
  }

  private long next() {
    state += 0x9e3779b97f4a7c15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** Size of the block that a component lies in. */
  private int block(int component) {
    int from = 0;
    int block = Integer.highestOneBit(padded);
    while (component >= from + block) {
      from += block;
      block = Integer.highestOneBit(padded - from);
    }
    return block;
  }

  /** rot(x). */
  float[] rotate(float[] x) {
    float[] in = Arrays.copyOf(x, padded);
    for (int round = 0; round < 3; round++) {
      float[] out = new float[padded];
      for (int i = 0; i < padded; i++) {
        out[i] = in[permutations[round][i]] * factors[round][i];
      }
      for (int from = 0; from < padded; from += block(from)) {
        for (int stride = 1; stride < block(from); stride *= 2) {
          for (int i = from; i < from + block(from); i++) {
            if (((i - from) & stride) == 0) {
              float a = out[i];
              float b = out[i + stride];
              out[i] = a + b;
              out[i + stride] = a - b;
            }
          }
        }
      }
      in = out;
    }
    return in;
  }

  /** The vector in the space of the codebook. */
  float[] map(float[] x) {
    float[] mapped = new float[dim];
    double norm = 0;
    float max = 0;
    for (float value : x) {
      max = Math.max(max, Math.abs(value));
    }
    double scale = metric == 2 ? Math.pow(2, -Math.getExponent(max)) : Math.pow(2, exponent);
    for (int d = 0; d < dim; d++) {
      mapped[d] = (float) (x[d] * scale);
      norm += (double) mapped[d] * mapped[d];
    }
    if (metric == 2) {
      float inverse = (float) (1 / Math.sqrt(norm));
      for (int d = 0; d < dim; d++) {
        mapped[d] *= inverse;
      }
    }
    return mapped;
  }

  /** v of a code that begins at some place; of the encoding with that number. */
  float[] code(int encoding, byte[] record, int at) {
    float[] v = new float[padded];
    for (int i = 0; i < padded; i++) {
      v[i] =
          switch (encoding) {
            case 2 -> record[at + i];
            case 3 -> bit(record, at, i) - 0.5f;
            case 4 -> (record[at + i / 2] >> (i % 2 * 4) & 15) - 7.5f;
            case 5 -> bit(record, at, i) + 2 * bit(record, at + padded / 8, i) - 1.5f;
            case 6 -> subCentroid(record[at + i / 4] >> (i / 2 % 2 * 4) & 15, i);
            case 7 -> subCentroid(record[at + i / 8] & 255, i);
            default -> throw new AssertionError(encoding);
          };
    }
    return v;
  }

  private static int bit(byte[] record, int at, int i) {
    return record[at + i / 8] >> (i % 8) & 1;
  }

  private float subCentroid(int number, int component) {
    return subCentroids[(component / subDim * size + number) * subDim + component % subDim];
  }
}

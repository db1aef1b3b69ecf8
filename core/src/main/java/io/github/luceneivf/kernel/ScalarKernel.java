// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Plain loops: the reference for every other kernel, and what runs where {@code
 * jdk.incubator.vector} is not loaded.
 */
public final class ScalarKernel implements VectorKernel {

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Entries of a table of {@link #bitDots}. */
  private static final int TABLE = 16;

  /** Creates a scalar kernel; {@link Kernels#get()} is the usual way to one. */
  public ScalarKernel() {}

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public float dot(float[] a, int aOffset, float[] b, int bOffset, int dim) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = 0;
    for (; i + 4 <= dim; i += 4) {
      s0 += a[aOffset + i] * b[bOffset + i];
      s1 += a[aOffset + i + 1] * b[bOffset + i + 1];
      s2 += a[aOffset + i + 2] * b[bOffset + i + 2];
      s3 += a[aOffset + i + 3] * b[bOffset + i + 3];
    }
    for (; i < dim; i++) {
      s0 += a[aOffset + i] * b[bOffset + i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  @Override
  public float squaredDistance(float[] a, int aOffset, float[] b, int bOffset, int dim) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = 0;
    for (; i + 4 <= dim; i += 4) {
      float d0 = a[aOffset + i] - b[bOffset + i];
      float d1 = a[aOffset + i + 1] - b[bOffset + i + 1];
      float d2 = a[aOffset + i + 2] - b[bOffset + i + 2];
      float d3 = a[aOffset + i + 3] - b[bOffset + i + 3];
      s0 += d0 * d0;
      s1 += d1 * d1;
      s2 += d2 * d2;
      s3 += d3 * d3;
    }
    for (; i < dim; i++) {
      float d = a[aOffset + i] - b[bOffset + i];
      s0 += d * d;
    }
    return (s0 + s1) + (s2 + s3);
  }

  @Override
  public void dotRows(
      float[] query, MemorySegment rows, int dim, int[] ords, int count, float[] out) {
    for (int i = 0; i < count; i++) {
      long at = (long) ords[i] * dim * Float.BYTES;
      float s0 = 0;
      float s1 = 0;
      float s2 = 0;
      float s3 = 0;
      int d = 0;
      for (; d + 4 <= dim; d += 4) {
        s0 += query[d] * rows.get(FLOAT, at + 4L * d);
        s1 += query[d + 1] * rows.get(FLOAT, at + 4L * d + 4);
        s2 += query[d + 2] * rows.get(FLOAT, at + 4L * d + 8);
        s3 += query[d + 3] * rows.get(FLOAT, at + 4L * d + 12);
      }
      for (; d < dim; d++) {
        s0 += query[d] * rows.get(FLOAT, at + 4L * d);
      }
      out[i] = (s0 + s1) + (s2 + s3);
    }
  }

  @Override
  public void squaredDistanceRows(
      float[] query, MemorySegment rows, int dim, int[] ords, int count, float[] out) {
    for (int i = 0; i < count; i++) {
      long at = (long) ords[i] * dim * Float.BYTES;
      float s0 = 0;
      float s1 = 0;
      float s2 = 0;
      float s3 = 0;
      int d = 0;
      for (; d + 4 <= dim; d += 4) {
        float d0 = query[d] - rows.get(FLOAT, at + 4L * d);
        float d1 = query[d + 1] - rows.get(FLOAT, at + 4L * d + 4);
        float d2 = query[d + 2] - rows.get(FLOAT, at + 4L * d + 8);
        float d3 = query[d + 3] - rows.get(FLOAT, at + 4L * d + 12);
        s0 += d0 * d0;
        s1 += d1 * d1;
        s2 += d2 * d2;
        s3 += d3 * d3;
      }
      for (; d < dim; d++) {
        float diff = query[d] - rows.get(FLOAT, at + 4L * d);
        s0 += diff * diff;
      }
      out[i] = (s0 + s1) + (s2 + s3);
    }
  }

  @Override
  public void nearest(
      float[] rows,
      int rowsOffset,
      int rowCount,
      float[] panels,
      float[] halfNorms,
      int centroidCount,
      int dim,
      int[] nearest,
      float[] values,
      int outOffset) {
    float[] dots = new float[PANEL];
    for (int r = 0; r < rowCount; r++) {
      int best = 0;
      float bestValue = Float.POSITIVE_INFINITY;
      for (int first = 0; first < centroidCount; first += PANEL) {
        Arrays.fill(dots, 0);
        for (int d = 0; d < dim; d++) {
          float x = rows[rowsOffset + r * dim + d];
          int at = first * dim + d * PANEL;
          for (int j = 0; j < PANEL; j++) {
            dots[j] = Math.fma(x, panels[at + j], dots[j]);
          }
        }
        int here = Math.min(PANEL, centroidCount - first);
        for (int j = 0; j < here; j++) {
          float value = halfNorms[first + j] - dots[j];
          if (value < bestValue) {
            bestValue = value;
            best = first + j;
          }
        }
      }
      nearest[outOffset + r] = best;
      values[outOffset + r] = bestValue;
    }
  }

  @Override
  public int within(
      float[] rows,
      int rowsOffset,
      int rowCount,
      float[] halfNorms,
      float[] panels,
      int panelOffset,
      int dim,
      float[] bounds,
      int boundsOffset,
      int[] pairs,
      float[] values) {
    float[] dots = new float[PANEL];
    int found = 0;
    for (int r = 0; r < rowCount; r++) {
      Arrays.fill(dots, 0);
      for (int d = 0; d < dim; d++) {
        float x = rows[rowsOffset + r * dim + d];
        for (int j = 0; j < PANEL; j++) {
          dots[j] = Math.fma(x, panels[panelOffset + d * PANEL + j], dots[j]);
        }
      }
      for (int j = 0; j < PANEL; j++) {
        if (halfNorms[r] - dots[j] <= bounds[boundsOffset + j]) {
          pairs[found] = r * PANEL + j;
          values[found++] = halfNorms[r] - dots[j];
        }
      }
    }
    return found;
  }

  @Override
  public void hadamard(float[] x, int offset, int length) {
    for (int stride = 1; stride < length; stride <<= 1) {
      for (int from = offset; from < offset + length; from += 2 * stride) {
        for (int i = from; i < from + stride; i++) {
          float a = x[i];
          float b = x[i + stride];
          x[i] = a + b;
          x[i + stride] = a - b;
        }
      }
    }
  }

  @Override
  public int bitTableBytes(int units) {
    return 2 * TABLE * units;
  }

  @Override
  public void bitTables(int[] digits, int length, byte[] tables) {
    for (int t = 0; t < length / 4; t++) {
      for (int i = 0; i < TABLE; i++) {
        int sum = 0;
        for (int b = 0; b < 4; b++) {
          sum += (i >>> b & 1) * digits[4 * t + b];
        }
        tables[TABLE * t + i] = (byte) sum;
      }
    }
  }

  @Override
  public void bitDots(
      MemorySegment codes, long codesOffset, int width, int units, byte[] tables, int[] out) {
    Arrays.fill(out, 0, width, 0);
    int quarter = width / 4;
    for (int j = 0; j < units; j++) {
      int lower = 2 * TABLE * j;
      for (int i = 0; i < quarter; i++) {
        int four = codes.get(INT, codesOffset + (long) j * width + 4L * i);
        for (int q = 0; q < 4; q++) {
          out[i + q * quarter] +=
              tables[lower + (four >>> 8 * q & 15)]
                  + tables[lower + TABLE + (four >>> 8 * q + 4 & 15)];
        }
      }
    }
  }

  @Override
  public void lookups(
      MemorySegment codes, long codesOffset, int width, int units, byte[] luts, int[] out) {
    Arrays.fill(out, 0, width, 0);
    int quarter = width / 4;
    for (int j = 0; j < units; j++) {
      long at = codesOffset + (long) j * width;
      for (int i = 0; i < width; i++) {
        int code = codes.get(ValueLayout.JAVA_BYTE, at + 4L * (i % quarter) + i / quarter);
        out[i] += luts[16 * j + (code & 15)] & 0xff;
        out[i] += luts[16 * (units + j) + (code >>> 4 & 15)] & 0xff;
      }
    }
  }

  @Override
  public void byteDots(
      MemorySegment codes, long codesOffset, int width, int dim, float[] query, float[] out) {
    Arrays.fill(out, 0, width, 0);
    for (int d = 0; d < dim; d++) {
      long at = codesOffset + (long) d * width;
      for (int i = 0; i < width; i++) {
        out[i] = Math.fma(query[d], codes.get(ValueLayout.JAVA_BYTE, at + i), out[i]);
      }
    }
  }

  @Override
  public void floatDots(
      MemorySegment codes, long codesOffset, int width, int dim, float[] query, float[] out) {
    Arrays.fill(out, 0, width, 0);
    for (int d = 0; d < dim; d++) {
      long at = codesOffset + 4L * d * width;
      for (int i = 0; i < width; i++) {
        out[i] = Math.fma(query[d], codes.get(FLOAT, at + 4L * i), out[i]);
      }
    }
  }

  @Override
  public void floatSquaredDistances(
      MemorySegment codes, long codesOffset, int width, int dim, float[] query, float[] out) {
    Arrays.fill(out, 0, width, 0);
    for (int d = 0; d < dim; d++) {
      long at = codesOffset + 4L * d * width;
      for (int i = 0; i < width; i++) {
        float diff = query[d] - codes.get(FLOAT, at + 4L * i);
        out[i] = Math.fma(diff, diff, out[i]);
      }
    }
  }

  @Override
  public void affine(
      MemorySegment terms,
      long termsOffset,
      int width,
      int[] dots,
      float scale,
      float shift,
      float base,
      float[] out,
      int outOffset) {
    for (int i = 0; i < width; i++) {
      float dot = Math.fma(scale, dots[i], shift);
      out[outOffset + i] = affine(terms, termsOffset + 4L * i, width, dot, base);
    }
  }

  private static float affine(MemorySegment terms, long offset, int width, float dot, float base) {
    float t0 = terms.get(FLOAT, offset);
    float t1 = terms.get(FLOAT, offset + 4L * width);
    return Math.fma(t1, dot, t0 + base);
  }

  @Override
  public void affine(
      MemorySegment terms,
      long termsOffset,
      int width,
      float[] dots,
      float base,
      float[] out,
      int outOffset) {
    for (int i = 0; i < width; i++) {
      out[outOffset + i] = affine(terms, termsOffset + 4L * i, width, dots[i], base);
    }
  }

  @Override
  public long below(float[] values, int count, float threshold) {
    long below = 0;
    for (int i = 0; i < count; i++) {
      below |= values[i] >= threshold ? 0 : 1L << i;
    }
    return below;
  }

  @Override
  public void gather(
      float[] in,
      int inOffset,
      int[] source,
      float[] factor,
      float[] out,
      int outOffset,
      int length) {
    for (int i = 0; i < length; i++) {
      out[outOffset + i] = in[inOffset + source[i]] * factor[i];
    }
  }

  @Override
  public void gatherHadamard(
      float[] in, int[] source, float[] factor, float[] out, int from, int length) {
    ScalarTiles.gatherHadamard(in, source, factor, out, from, length);
  }

  @Override
  public void signs(float[] residuals, float[] offsets, int dim, int[] words, double[] sums) {
    ScalarTiles.signs(residuals, offsets, dim, words, sums);
  }

  @Override
  public float maxAbs(float[] values, int offset, int length) {
    float max = 0;
    for (int i = 0; i < length; i++) {
      max = Math.max(max, Math.abs(values[offset + i]));
    }
    return max;
  }

  @Override
  public float excess(float[] values, int length, float limit) {
    float sum = 0;
    for (int i = 0; i < length; i++) {
      float over = Math.max(Math.abs(values[i]) - limit, 0);
      sum += over * over;
    }
    return sum;
  }

  @Override
  public int digits(float[] values, int length, float inverse, int[] digits) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      digits[i] = (int) Math.clamp(Math.rint(values[i] * inverse), -8, 7);
      sum += digits[i];
    }
    return sum;
  }
}

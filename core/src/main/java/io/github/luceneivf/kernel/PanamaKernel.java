// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.kernel;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Kernels on {@code jdk.incubator.vector}, in the machine's preferred vector width of at least 128
 * bits. The layouts do not depend on the width, the code only on the lane count.
 *
 * <p>Loads from segments are unaligned and little-endian. Vectors never cross a method that may
 * stay a call, because they would be boxed there: inner loops are written out, and what is shared
 * between methods takes and gives arrays. A test counts allocated bytes.
 *
 * <p>The work is spread over {@link NearestTiles} (assignment), {@link LaneKernels} (blocks whose
 * lanes are vectors), {@link BitKernels} and {@link LookupKernels} (the same with codes of few
 * bits, in registers of {@link ByteTables}), {@link TileKernels} (rotation and signs of sixteen
 * vectors at once) and this class (row-major vectors and the Hadamard transform).
 */
public final class PanamaKernel implements VectorKernel {

  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  static final int LANES = FLOATS.length();

  /** Creates a kernel; {@link Kernels#get()} is the usual way to one. */
  public PanamaKernel() {}

  /** Returns whether the machine's vectors are wide enough. */
  static boolean isSupported() {
    return LANES >= 4 && LANES <= TAIL_WIDTH;
  }

  /** Narrowest block; a wider vector than this would need other code. */
  private static final int TAIL_WIDTH = 16;

  @Override
  public String name() {
    int tables = ByteTables.BYTES.vectorBitSize();
    String name = "panama-" + FLOATS.vectorBitSize();
    return tables == FLOATS.vectorBitSize() ? name : name + "-tables-" + tables;
  }

  @Override
  public float dot(float[] a, int aOffset, float[] b, int bOffset, int dim) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int i = 0;
    for (; i + 4 * LANES <= dim; i += 4 * LANES) {
      int p = aOffset + i;
      int q = bOffset + i;
      s0 = FloatVector.fromArray(FLOATS, a, p).fma(FloatVector.fromArray(FLOATS, b, q), s0);
      s1 =
          FloatVector.fromArray(FLOATS, a, p + LANES)
              .fma(FloatVector.fromArray(FLOATS, b, q + LANES), s1);
      s2 =
          FloatVector.fromArray(FLOATS, a, p + 2 * LANES)
              .fma(FloatVector.fromArray(FLOATS, b, q + 2 * LANES), s2);
      s3 =
          FloatVector.fromArray(FLOATS, a, p + 3 * LANES)
              .fma(FloatVector.fromArray(FLOATS, b, q + 3 * LANES), s3);
    }
    for (; i + LANES <= dim; i += LANES) {
      s0 =
          FloatVector.fromArray(FLOATS, a, aOffset + i)
              .fma(FloatVector.fromArray(FLOATS, b, bOffset + i), s0);
    }
    float sum = s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
    for (; i < dim; i++) {
      sum = Math.fma(a[aOffset + i], b[bOffset + i], sum);
    }
    return sum;
  }

  @Override
  public float squaredDistance(float[] a, int aOffset, float[] b, int bOffset, int dim) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int i = 0;
    for (; i + 4 * LANES <= dim; i += 4 * LANES) {
      int p = aOffset + i;
      int q = bOffset + i;
      FloatVector d0 = FloatVector.fromArray(FLOATS, a, p).sub(FloatVector.fromArray(FLOATS, b, q));
      FloatVector d1 =
          FloatVector.fromArray(FLOATS, a, p + LANES)
              .sub(FloatVector.fromArray(FLOATS, b, q + LANES));
      FloatVector d2 =
          FloatVector.fromArray(FLOATS, a, p + 2 * LANES)
              .sub(FloatVector.fromArray(FLOATS, b, q + 2 * LANES));
      FloatVector d3 =
          FloatVector.fromArray(FLOATS, a, p + 3 * LANES)
              .sub(FloatVector.fromArray(FLOATS, b, q + 3 * LANES));
      s0 = d0.fma(d0, s0);
      s1 = d1.fma(d1, s1);
      s2 = d2.fma(d2, s2);
      s3 = d3.fma(d3, s3);
    }
    for (; i + LANES <= dim; i += LANES) {
      FloatVector d =
          FloatVector.fromArray(FLOATS, a, aOffset + i)
              .sub(FloatVector.fromArray(FLOATS, b, bOffset + i));
      s0 = d.fma(d, s0);
    }
    float sum = s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
    for (; i < dim; i++) {
      float d = a[aOffset + i] - b[bOffset + i];
      sum = Math.fma(d, d, sum);
    }
    return sum;
  }

  @Override
  public void dotRows(
      float[] query, MemorySegment rows, int dim, int[] ords, int count, float[] out) {
    RowKernels.dots(query, rows, dim, ords, count, out);
  }

  @Override
  public void squaredDistanceRows(
      float[] query, MemorySegment rows, int dim, int[] ords, int count, float[] out) {
    RowKernels.squaredDistances(query, rows, dim, ords, count, out);
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
    return NearestTiles.within(
        rows,
        rowsOffset,
        rowCount,
        halfNorms,
        panels,
        panelOffset,
        dim,
        bounds,
        boundsOffset,
        pairs,
        values);
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
    NearestTiles.nearest(
        rows,
        rowsOffset,
        rowCount,
        panels,
        halfNorms,
        centroidCount,
        dim,
        nearest,
        values,
        outOffset);
  }

  @Override
  public void hadamard(float[] x, int offset, int length) {
    HadamardKernel.transform(x, offset, length);
  }

  @Override
  public int bitTableBytes(int units) {
    return BitKernels.tableBytes(units);
  }

  @Override
  public void bitTables(int[] digits, int length, byte[] tables) {
    BitKernels.tables(digits, length, tables);
  }

  @Override
  public void bitDots(
      MemorySegment codes, long codesOffset, int width, int units, byte[] tables, int[] out) {
    BitKernels.dots(codes, codesOffset, width, units, tables, out);
  }

  @Override
  public void lookups(
      MemorySegment codes, long codesOffset, int width, int units, byte[] luts, int[] out) {
    LookupKernels.lookups(codes, codesOffset, width, units, luts, out);
  }

  @Override
  public void byteDots(
      MemorySegment codes, long codesOffset, int width, int dim, float[] query, float[] out) {
    LaneKernels.byteDots(codes, codesOffset, width, dim, query, out);
  }

  @Override
  public void floatDots(
      MemorySegment codes, long codesOffset, int width, int dim, float[] query, float[] out) {
    LaneKernels.floatDots(codes, codesOffset, width, dim, query, out);
  }

  @Override
  public void floatSquaredDistances(
      MemorySegment codes, long codesOffset, int width, int dim, float[] query, float[] out) {
    LaneKernels.floatSquaredDistances(codes, codesOffset, width, dim, query, out);
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
    for (int i = 0; i < width; i += LANES) {
      FloatVector t0 =
          FloatVector.fromMemorySegment(FLOATS, terms, termsOffset + 4L * i, LITTLE_ENDIAN);
      FloatVector t1 =
          FloatVector.fromMemorySegment(
              FLOATS, terms, termsOffset + 4L * (width + i), LITTLE_ENDIAN);
      FloatVector value =
          (FloatVector) LaneKernels.ints(dots, i).convertShape(VectorOperators.I2F, FLOATS, 0);
      value = value.fma(FloatVector.broadcast(FLOATS, scale), FloatVector.broadcast(FLOATS, shift));
      t1.fma(value, t0.add(base)).intoArray(out, outOffset + i);
    }
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
    for (int i = 0; i < width; i += LANES) {
      FloatVector t0 =
          FloatVector.fromMemorySegment(FLOATS, terms, termsOffset + 4L * i, LITTLE_ENDIAN);
      FloatVector t1 =
          FloatVector.fromMemorySegment(
              FLOATS, terms, termsOffset + 4L * (width + i), LITTLE_ENDIAN);
      t1.fma(FloatVector.fromArray(FLOATS, dots, i), t0.add(base)).intoArray(out, outOffset + i);
    }
  }

  @Override
  public long below(float[] values, int count, float threshold) {
    return QueryKernels.below(values, count, threshold);
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
    QueryKernels.gather(in, inOffset, source, factor, out, outOffset, length);
  }

  @Override
  public void gatherHadamard(
      float[] in, int[] source, float[] factor, float[] out, int from, int length) {
    TileKernels.gatherHadamard(in, source, factor, out, from, length);
  }

  @Override
  public void signs(float[] residuals, float[] offsets, int dim, int[] words, double[] sums) {
    TileKernels.signs(residuals, offsets, dim, words, sums);
  }

  @Override
  public float maxAbs(float[] values, int offset, int length) {
    return QueryKernels.maxAbs(values, offset, length);
  }

  @Override
  public float excess(float[] values, int length, float limit) {
    return QueryKernels.excess(values, length, limit);
  }

  @Override
  public int digits(float[] values, int length, float inverse, int[] digits) {
    return QueryKernels.digits(values, length, inverse, digits);
  }
}

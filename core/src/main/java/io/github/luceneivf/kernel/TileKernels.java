// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.kernel;

import static io.github.luceneivf.kernel.PanamaKernel.FLOATS;
import static io.github.luceneivf.kernel.PanamaKernel.LANES;
import static io.github.luceneivf.kernel.VectorKernel.TILE;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Rotation and signs of {@link VectorKernel#TILE} vectors at once, lanes are vectors: a permutation
 * of components is then a choice of rows, without loads by index, and butterflies of any stride are
 * between registers. Eight rows are in registers for three strides at a time.
 */
final class TileKernels {

  private static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);
  private static final VectorSpecies<Double> DOUBLES = FLOATS.withLanes(double.class);

  private TileKernels() {}

  static void gatherHadamard(
      float[] in, int[] source, float[] factor, float[] out, int from, int length) {
    for (int row = from; row < from + length; row += 8) {
      gather8(in, source, factor, out, row);
    }
    int stages = Integer.numberOfTrailingZeros(length);
    int done = 3;
    while (done < stages) {
      // Two stages are left over from threes, or four, which are two twos.
      boolean two = stages - done == 2 || stages - done == 4;
      if (two) {
        butterflies4(out, from * TILE, length * TILE, TILE << done);
      } else {
        butterflies8(out, from * TILE, length * TILE, TILE << done);
      }
      done += two ? 2 : 3;
    }
  }

  private static void gather8(float[] in, int[] source, float[] factor, float[] out, int row) {
    for (int j = 0; j < TILE; j += LANES) {
      FloatVector a0 = FloatVector.fromArray(FLOATS, in, source[row] * TILE + j).mul(factor[row]);
      FloatVector a1 =
          FloatVector.fromArray(FLOATS, in, source[row + 1] * TILE + j).mul(factor[row + 1]);
      FloatVector a2 =
          FloatVector.fromArray(FLOATS, in, source[row + 2] * TILE + j).mul(factor[row + 2]);
      FloatVector a3 =
          FloatVector.fromArray(FLOATS, in, source[row + 3] * TILE + j).mul(factor[row + 3]);
      FloatVector a4 =
          FloatVector.fromArray(FLOATS, in, source[row + 4] * TILE + j).mul(factor[row + 4]);
      FloatVector a5 =
          FloatVector.fromArray(FLOATS, in, source[row + 5] * TILE + j).mul(factor[row + 5]);
      FloatVector a6 =
          FloatVector.fromArray(FLOATS, in, source[row + 6] * TILE + j).mul(factor[row + 6]);
      FloatVector a7 =
          FloatVector.fromArray(FLOATS, in, source[row + 7] * TILE + j).mul(factor[row + 7]);
      FloatVector b0 = a0.add(a1);
      FloatVector b1 = a0.sub(a1);
      FloatVector b2 = a2.add(a3);
      FloatVector b3 = a2.sub(a3);
      FloatVector b4 = a4.add(a5);
      FloatVector b5 = a4.sub(a5);
      FloatVector b6 = a6.add(a7);
      FloatVector b7 = a6.sub(a7);
      FloatVector c0 = b0.add(b2);
      FloatVector c1 = b1.add(b3);
      FloatVector c2 = b0.sub(b2);
      FloatVector c3 = b1.sub(b3);
      FloatVector c4 = b4.add(b6);
      FloatVector c5 = b5.add(b7);
      FloatVector c6 = b4.sub(b6);
      FloatVector c7 = b5.sub(b7);
      FloatVector d0 = c0.add(c4);
      FloatVector d1 = c1.add(c5);
      FloatVector d2 = c2.add(c6);
      FloatVector d3 = c3.add(c7);
      FloatVector d4 = c0.sub(c4);
      FloatVector d5 = c1.sub(c5);
      FloatVector d6 = c2.sub(c6);
      FloatVector d7 = c3.sub(c7);
      int at = row * TILE + j;
      d0.intoArray(out, at + 0 * TILE);
      d1.intoArray(out, at + 1 * TILE);
      d2.intoArray(out, at + 2 * TILE);
      d3.intoArray(out, at + 3 * TILE);
      d4.intoArray(out, at + 4 * TILE);
      d5.intoArray(out, at + 5 * TILE);
      d6.intoArray(out, at + 6 * TILE);
      d7.intoArray(out, at + 7 * TILE);
    }
  }

  private static void butterflies8(float[] x, int from, int length, int stride) {
    for (int group = from; group < from + length; group += 8 * stride) {
      for (int i = group; i < group + stride; i += LANES) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, x, i + 0 * stride);
        FloatVector a1 = FloatVector.fromArray(FLOATS, x, i + 1 * stride);
        FloatVector a2 = FloatVector.fromArray(FLOATS, x, i + 2 * stride);
        FloatVector a3 = FloatVector.fromArray(FLOATS, x, i + 3 * stride);
        FloatVector a4 = FloatVector.fromArray(FLOATS, x, i + 4 * stride);
        FloatVector a5 = FloatVector.fromArray(FLOATS, x, i + 5 * stride);
        FloatVector a6 = FloatVector.fromArray(FLOATS, x, i + 6 * stride);
        FloatVector a7 = FloatVector.fromArray(FLOATS, x, i + 7 * stride);
        FloatVector b0 = a0.add(a1);
        FloatVector b1 = a0.sub(a1);
        FloatVector b2 = a2.add(a3);
        FloatVector b3 = a2.sub(a3);
        FloatVector b4 = a4.add(a5);
        FloatVector b5 = a4.sub(a5);
        FloatVector b6 = a6.add(a7);
        FloatVector b7 = a6.sub(a7);
        FloatVector c0 = b0.add(b2);
        FloatVector c1 = b1.add(b3);
        FloatVector c2 = b0.sub(b2);
        FloatVector c3 = b1.sub(b3);
        FloatVector c4 = b4.add(b6);
        FloatVector c5 = b5.add(b7);
        FloatVector c6 = b4.sub(b6);
        FloatVector c7 = b5.sub(b7);
        FloatVector d0 = c0.add(c4);
        FloatVector d1 = c1.add(c5);
        FloatVector d2 = c2.add(c6);
        FloatVector d3 = c3.add(c7);
        FloatVector d4 = c0.sub(c4);
        FloatVector d5 = c1.sub(c5);
        FloatVector d6 = c2.sub(c6);
        FloatVector d7 = c3.sub(c7);
        d0.intoArray(x, i + 0 * stride);
        d1.intoArray(x, i + 1 * stride);
        d2.intoArray(x, i + 2 * stride);
        d3.intoArray(x, i + 3 * stride);
        d4.intoArray(x, i + 4 * stride);
        d5.intoArray(x, i + 5 * stride);
        d6.intoArray(x, i + 6 * stride);
        d7.intoArray(x, i + 7 * stride);
      }
    }
  }

  private static void butterflies4(float[] x, int from, int length, int stride) {
    for (int group = from; group < from + length; group += 4 * stride) {
      for (int i = group; i < group + stride; i += LANES) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, x, i + 0 * stride);
        FloatVector a1 = FloatVector.fromArray(FLOATS, x, i + 1 * stride);
        FloatVector a2 = FloatVector.fromArray(FLOATS, x, i + 2 * stride);
        FloatVector a3 = FloatVector.fromArray(FLOATS, x, i + 3 * stride);
        FloatVector b0 = a0.add(a1);
        FloatVector b1 = a0.sub(a1);
        FloatVector b2 = a2.add(a3);
        FloatVector b3 = a2.sub(a3);
        FloatVector c0 = b0.add(b2);
        FloatVector c1 = b1.add(b3);
        FloatVector c2 = b0.sub(b2);
        FloatVector c3 = b1.sub(b3);
        c0.intoArray(x, i + 0 * stride);
        c1.intoArray(x, i + 1 * stride);
        c2.intoArray(x, i + 2 * stride);
        c3.intoArray(x, i + 3 * stride);
      }
    }
  }

  static void signs(float[] residuals, float[] offsets, int dim, int[] words, double[] sums) {
    for (int j = 0; j < TILE; j += LANES) {
      signs(residuals, offsets, dim, words, sums, j);
    }
  }

  private static void signs(
      float[] residuals, float[] offsets, int dim, int[] words, double[] sums, int j) {
    DoubleVector e0l = DoubleVector.zero(DOUBLES);
    DoubleVector e0u = e0l;
    DoubleVector e1l = e0l;
    DoubleVector e1u = e0l;
    DoubleVector r0l = e0l;
    DoubleVector r0u = e0l;
    DoubleVector r1l = e0l;
    DoubleVector r1u = e0l;
    DoubleVector z0l = e0l;
    DoubleVector z0u = e0l;
    DoubleVector z1l = e0l;
    DoubleVector z1u = e0l;
    for (int word = 0; word < dim; word += Integer.SIZE) {
      IntVector code = IntVector.zero(INTS);
      for (int d = word; d < word + Integer.SIZE; d += 2) {
        int at = d * TILE + j;
        FloatVector a0 = FloatVector.fromArray(FLOATS, residuals, at).add(0.0f);
        IntVector s0 = a0.reinterpretAsInts().and(0x80000000);
        code = code.lanewise(VectorOperators.LSHR, 1).or(s0);
        FloatVector f0 =
            FloatVector.fromArray(FLOATS, offsets, at)
                .reinterpretAsInts()
                .lanewise(VectorOperators.XOR, s0)
                .reinterpretAsFloats();
        FloatVector m0 = a0.abs();
        DoubleVector m0l = (DoubleVector) m0.convertShape(VectorOperators.F2D, DOUBLES, 0);
        e0l = m0l.fma(m0l, e0l);
        r0l = r0l.add(m0l);
        z0l = z0l.add((DoubleVector) f0.convertShape(VectorOperators.F2D, DOUBLES, 0));
        DoubleVector m0u = (DoubleVector) m0.convertShape(VectorOperators.F2D, DOUBLES, 1);
        e0u = m0u.fma(m0u, e0u);
        r0u = r0u.add(m0u);
        z0u = z0u.add((DoubleVector) f0.convertShape(VectorOperators.F2D, DOUBLES, 1));
        FloatVector a1 = FloatVector.fromArray(FLOATS, residuals, at + TILE).add(0.0f);
        IntVector s1 = a1.reinterpretAsInts().and(0x80000000);
        code = code.lanewise(VectorOperators.LSHR, 1).or(s1);
        FloatVector f1 =
            FloatVector.fromArray(FLOATS, offsets, at + TILE)
                .reinterpretAsInts()
                .lanewise(VectorOperators.XOR, s1)
                .reinterpretAsFloats();
        FloatVector m1 = a1.abs();
        DoubleVector m1l = (DoubleVector) m1.convertShape(VectorOperators.F2D, DOUBLES, 0);
        e1l = m1l.fma(m1l, e1l);
        r1l = r1l.add(m1l);
        z1l = z1l.add((DoubleVector) f1.convertShape(VectorOperators.F2D, DOUBLES, 0));
        DoubleVector m1u = (DoubleVector) m1.convertShape(VectorOperators.F2D, DOUBLES, 1);
        e1u = m1u.fma(m1u, e1u);
        r1u = r1u.add(m1u);
        z1u = z1u.add((DoubleVector) f1.convertShape(VectorOperators.F2D, DOUBLES, 1));
      }
      code.not().intoArray(words, word / Integer.SIZE * TILE + j);
    }
    e0l.add(e1l).intoArray(sums, j);
    e0u.add(e1u).intoArray(sums, j + LANES / 2);
    r0l.add(r1l).intoArray(sums, TILE + j);
    r0u.add(r1u).intoArray(sums, TILE + j + LANES / 2);
    z0l.add(z1l).intoArray(sums, 2 * TILE + j);
    z0u.add(z1u).intoArray(sums, 2 * TILE + j + LANES / 2);
  }
}

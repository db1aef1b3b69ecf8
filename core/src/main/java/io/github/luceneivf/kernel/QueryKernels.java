// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.kernel;

import static io.github.luceneivf.kernel.PanamaKernel.FLOATS;
import static io.github.luceneivf.kernel.PanamaKernel.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** What a query is prepared with, and what picks candidates out of a scored block. */
final class QueryKernels {

  private static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);

  /** Added and taken away again, it rounds |x| below 2^22 to the nearest integer, ties to even. */
  private static final float ROUNDING = 0x1.8p23f;

  private QueryKernels() {}

  static long below(float[] values, int count, float threshold) {
    long below = 0;
    for (int i = 0; i < count; i += LANES) {
      VectorMask<Float> atLeast =
          FloatVector.fromArray(FLOATS, values, i).compare(VectorOperators.GE, threshold);
      below |= atLeast.not().toLong() << i;
    }
    return below & -1L >>> (Long.SIZE - count);
  }

  static void gather(
      float[] in,
      int inOffset,
      int[] source,
      float[] factor,
      float[] out,
      int outOffset,
      int length) {
    int i = 0;
    for (; i + LANES <= length; i += LANES) {
      FloatVector.fromArray(FLOATS, in, inOffset, source, i)
          .mul(FloatVector.fromArray(FLOATS, factor, i))
          .intoArray(out, outOffset + i);
    }
    for (; i < length; i++) {
      out[outOffset + i] = in[inOffset + source[i]] * factor[i];
    }
  }

  static float maxAbs(float[] values, int offset, int length) {
    FloatVector max = FloatVector.zero(FLOATS);
    int i = 0;
    for (; i + LANES <= length; i += LANES) {
      max = max.max(FloatVector.fromArray(FLOATS, values, offset + i).abs());
    }
    float result = max.reduceLanes(VectorOperators.MAX);
    for (; i < length; i++) {
      result = Math.max(result, Math.abs(values[offset + i]));
    }
    return result;
  }

  static float excess(float[] values, int length, float limit) {
    FloatVector sum = FloatVector.zero(FLOATS);
    int i = 0;
    for (; i + LANES <= length; i += LANES) {
      FloatVector over = FloatVector.fromArray(FLOATS, values, i).abs().sub(limit).max(0);
      sum = over.fma(over, sum);
    }
    float result = sum.reduceLanes(VectorOperators.ADD);
    for (; i < length; i++) {
      float over = Math.max(Math.abs(values[i]) - limit, 0);
      result += over * over;
    }
    return result;
  }

  static int digits(float[] values, int length, float inverse, int[] digits) {
    IntVector sum = IntVector.zero(INTS);
    for (int i = 0; i < length; i += LANES) {
      FloatVector scaled = FloatVector.fromArray(FLOATS, values, i).mul(inverse);
      FloatVector rounded = scaled.max(-8).min(7).add(ROUNDING).sub(ROUNDING);
      IntVector v = (IntVector) rounded.convertShape(VectorOperators.F2I, INTS, 0);
      sum = sum.add(v);
      v.intoArray(digits, i);
    }
    return sum.reduceLanes(VectorOperators.ADD);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.kernel;

import static io.github.luceneivf.kernel.PanamaKernel.FLOATS;
import static io.github.luceneivf.kernel.PanamaKernel.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Walsh-Hadamard transform: strides below the lane count inside a vector, by a shuffle that swaps
 * partners, the others between vectors.
 */
final class HadamardKernel {

  private static final VectorShuffle<Float> SWAP_1 = swap(1);
  private static final VectorShuffle<Float> SWAP_2 = swap(2);
  private static final VectorShuffle<Float> SWAP_4 = swap(4);
  private static final VectorShuffle<Float> SWAP_8 = swap(8);
  private static final VectorMask<Float> UPPER_1 = upper(1);
  private static final VectorMask<Float> UPPER_2 = upper(2);
  private static final VectorMask<Float> UPPER_4 = upper(4);
  private static final VectorMask<Float> UPPER_8 = upper(8);

  private HadamardKernel() {}

  private static VectorShuffle<Float> swap(int stride) {
    return VectorShuffle.fromOp(FLOATS, lane -> stride < LANES ? lane ^ stride : lane);
  }

  private static VectorMask<Float> upper(int stride) {
    long bits = 0;
    for (int lane = 0; lane < LANES; lane++) {
      bits |= (lane & stride) != 0 ? 1L << lane : 0;
    }
    return VectorMask.fromLong(FLOATS, bits);
  }

  static void transform(float[] x, int offset, int length) {
    if (length < LANES) {
      small(x, offset, length);
      return;
    }
    for (int i = offset; i < offset + length; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, i);
      FloatVector w = v.rearrange(SWAP_1);
      v = w.add(v).blend(w.sub(v), UPPER_1);
      w = v.rearrange(SWAP_2);
      v = w.add(v).blend(w.sub(v), UPPER_2);
      if (LANES > 4) {
        w = v.rearrange(SWAP_4);
        v = w.add(v).blend(w.sub(v), UPPER_4);
      }
      if (LANES > 8) {
        w = v.rearrange(SWAP_8);
        v = w.add(v).blend(w.sub(v), UPPER_8);
      }
      v.intoArray(x, i);
    }
    for (int stride = LANES; stride < length; stride <<= 1) {
      for (int from = offset; from < offset + length; from += 2 * stride) {
        for (int i = from; i < from + stride; i += LANES) {
          FloatVector a = FloatVector.fromArray(FLOATS, x, i);
          FloatVector b = FloatVector.fromArray(FLOATS, x, i + stride);
          a.add(b).intoArray(x, i);
          a.sub(b).intoArray(x, i + stride);
        }
      }
    }
  }

  private static void small(float[] x, int offset, int length) {
    for (int stride = 1; stride < length; stride <<= 1) {
      for (int i = 0; i < length; i++) {
        if ((i & stride) == 0) {
          float a = x[offset + i];
          float b = x[offset + i + stride];
          x[offset + i] = a + b;
          x[offset + i + stride] = a - b;
        }
      }
    }
  }
}

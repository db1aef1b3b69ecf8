// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.kernel;

import static io.github.luceneivf.kernel.PanamaKernel.FLOATS;
import static io.github.luceneivf.kernel.PanamaKernel.LANES;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Rows of a memory segment, four at a time: four loads are under way at once, and each part of the
 * query is loaded once for all. At the end of a batch the last row stands in for missing ones.
 */
// Dimensions beyond the last whole vector are added one by one: with masked loads the methods were
// too large for the compiler to inline all of, and boxed what it left out.
final class RowKernels {

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  private RowKernels() {}

  static void dots(float[] query, MemorySegment rows, int dim, int[] ords, int count, float[] out) {
    int whole = FLOATS.loopBound(dim);
    for (int i = 0; i < count; i += 4) {
      int i1 = Math.min(i + 1, count - 1);
      int i2 = Math.min(i + 2, count - 1);
      int i3 = Math.min(i + 3, count - 1);
      long r0 = 4L * ords[i] * dim;
      long r1 = 4L * ords[i1] * dim;
      long r2 = 4L * ords[i2] * dim;
      long r3 = 4L * ords[i3] * dim;
      FloatVector s0 = FloatVector.zero(FLOATS);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      for (int d = 0; d < whole; d += LANES) {
        FloatVector q = FloatVector.fromArray(FLOATS, query, d);
        s0 = FloatVector.fromMemorySegment(FLOATS, rows, r0 + 4L * d, LITTLE_ENDIAN).fma(q, s0);
        s1 = FloatVector.fromMemorySegment(FLOATS, rows, r1 + 4L * d, LITTLE_ENDIAN).fma(q, s1);
        s2 = FloatVector.fromMemorySegment(FLOATS, rows, r2 + 4L * d, LITTLE_ENDIAN).fma(q, s2);
        s3 = FloatVector.fromMemorySegment(FLOATS, rows, r3 + 4L * d, LITTLE_ENDIAN).fma(q, s3);
      }
      out[i] = s0.reduceLanes(VectorOperators.ADD);
      out[i1] = s1.reduceLanes(VectorOperators.ADD);
      out[i2] = s2.reduceLanes(VectorOperators.ADD);
      out[i3] = s3.reduceLanes(VectorOperators.ADD);
    }
    for (int i = 0; whole < dim && i < count; i++) {
      float sum = out[i];
      for (int d = whole; d < dim; d++) {
        sum = Math.fma(rows.get(FLOAT, 4L * ((long) ords[i] * dim + d)), query[d], sum);
      }
      out[i] = sum;
    }
  }

  static void squaredDistances(
      float[] query, MemorySegment rows, int dim, int[] ords, int count, float[] out) {
    int whole = FLOATS.loopBound(dim);
    for (int i = 0; i < count; i += 4) {
      int i1 = Math.min(i + 1, count - 1);
      int i2 = Math.min(i + 2, count - 1);
      int i3 = Math.min(i + 3, count - 1);
      long r0 = 4L * ords[i] * dim;
      long r1 = 4L * ords[i1] * dim;
      long r2 = 4L * ords[i2] * dim;
      long r3 = 4L * ords[i3] * dim;
      FloatVector s0 = FloatVector.zero(FLOATS);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      for (int d = 0; d < whole; d += LANES) {
        FloatVector q = FloatVector.fromArray(FLOATS, query, d);
        FloatVector d0 =
            FloatVector.fromMemorySegment(FLOATS, rows, r0 + 4L * d, LITTLE_ENDIAN).sub(q);
        FloatVector d1 =
            FloatVector.fromMemorySegment(FLOATS, rows, r1 + 4L * d, LITTLE_ENDIAN).sub(q);
        FloatVector d2 =
            FloatVector.fromMemorySegment(FLOATS, rows, r2 + 4L * d, LITTLE_ENDIAN).sub(q);
        FloatVector d3 =
            FloatVector.fromMemorySegment(FLOATS, rows, r3 + 4L * d, LITTLE_ENDIAN).sub(q);
        s0 = d0.fma(d0, s0);
        s1 = d1.fma(d1, s1);
        s2 = d2.fma(d2, s2);
        s3 = d3.fma(d3, s3);
      }
      out[i] = s0.reduceLanes(VectorOperators.ADD);
      out[i1] = s1.reduceLanes(VectorOperators.ADD);
      out[i2] = s2.reduceLanes(VectorOperators.ADD);
      out[i3] = s3.reduceLanes(VectorOperators.ADD);
    }
    for (int i = 0; whole < dim && i < count; i++) {
      float sum = out[i];
      for (int d = whole; d < dim; d++) {
        float diff = rows.get(FLOAT, 4L * ((long) ords[i] * dim + d)) - query[d];
        sum = Math.fma(diff, diff, sum);
      }
      out[i] = sum;
    }
  }
}

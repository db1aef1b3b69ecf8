// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.kernel;

import static io.github.luceneivf.kernel.PanamaKernel.FLOATS;
import static io.github.luceneivf.kernel.PanamaKernel.LANES;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Blocks whose lanes are vectors: four registers of lanes at a time where the block is that wide,
 * else one. No sum crosses lanes.
 */
final class LaneKernels {

  private static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);

  /** As many bytes as lanes; 64 bits at least, see {@link #byteDots}. */
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * LANES)));

  private LaneKernels() {}

  static IntVector ints(int[] values, int index) {
    return IntVector.fromArray(INTS, values, index);
  }

  /** Vectors of four bytes do not exist, so with 128-bit vectors this is a plain loop. */
  static void byteDots(
      MemorySegment codes, long codesOffset, int width, int dim, float[] query, float[] out) {
    if (BYTES.length() != LANES) {
      byteDots0(codes, codesOffset, width, dim, query, out);
      return;
    }
    int lane = 0;
    for (; lane + 4 * LANES <= width; lane += 4 * LANES) {
      byteDots4(codes, codesOffset + lane, width, dim, query, out, lane);
    }
    for (; lane < width; lane += LANES) {
      byteDots1(codes, codesOffset + lane, width, dim, query, out, lane);
    }
  }

  private static void byteDots0(
      MemorySegment codes, long offset, int width, int dim, float[] query, float[] out) {
    Arrays.fill(out, 0, width, 0);
    for (int d = 0; d < dim; d++) {
      long at = offset + (long) d * width;
      for (int i = 0; i < width; i++) {
        out[i] = Math.fma(query[d], codes.get(ValueLayout.JAVA_BYTE, at + i), out[i]);
      }
    }
  }

  private static void byteDots4(
      MemorySegment codes, long offset, int width, int dim, float[] query, float[] out, int lane) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int d = 0; d < dim; d++) {
      long at = offset + (long) d * width;
      FloatVector q = FloatVector.broadcast(FLOATS, query[d]);
      s0 = bytes(codes, at).fma(q, s0);
      s1 = bytes(codes, at + LANES).fma(q, s1);
      s2 = bytes(codes, at + 2L * LANES).fma(q, s2);
      s3 = bytes(codes, at + 3L * LANES).fma(q, s3);
    }
    s0.intoArray(out, lane);
    s1.intoArray(out, lane + LANES);
    s2.intoArray(out, lane + 2 * LANES);
    s3.intoArray(out, lane + 3 * LANES);
  }

  private static void byteDots1(
      MemorySegment codes, long offset, int width, int dim, float[] query, float[] out, int lane) {
    FloatVector s = FloatVector.zero(FLOATS);
    for (int d = 0; d < dim; d++) {
      FloatVector q = FloatVector.broadcast(FLOATS, query[d]);
      s = bytes(codes, offset + (long) d * width).fma(q, s);
    }
    s.intoArray(out, lane);
  }

  private static FloatVector bytes(MemorySegment codes, long at) {
    return (FloatVector)
        ByteVector.fromMemorySegment(BYTES, codes, at, LITTLE_ENDIAN)
            .convertShape(VectorOperators.B2F, FLOATS, 0);
  }

  static void floatDots(
      MemorySegment codes, long codesOffset, int width, int dim, float[] query, float[] out) {
    int lane = 0;
    for (; lane + 4 * LANES <= width; lane += 4 * LANES) {
      floatDots4(codes, codesOffset + 4L * lane, width, dim, query, out, lane);
    }
    for (; lane < width; lane += LANES) {
      floatDots1(codes, codesOffset + 4L * lane, width, dim, query, out, lane);
    }
  }

  private static void floatDots4(
      MemorySegment codes, long offset, int width, int dim, float[] query, float[] out, int lane) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int d = 0; d < dim; d++) {
      long at = offset + 4L * d * width;
      FloatVector q = FloatVector.broadcast(FLOATS, query[d]);
      s0 = floats(codes, at).fma(q, s0);
      s1 = floats(codes, at + 4L * LANES).fma(q, s1);
      s2 = floats(codes, at + 8L * LANES).fma(q, s2);
      s3 = floats(codes, at + 12L * LANES).fma(q, s3);
    }
    s0.intoArray(out, lane);
    s1.intoArray(out, lane + LANES);
    s2.intoArray(out, lane + 2 * LANES);
    s3.intoArray(out, lane + 3 * LANES);
  }

  private static void floatDots1(
      MemorySegment codes, long offset, int width, int dim, float[] query, float[] out, int lane) {
    FloatVector s = FloatVector.zero(FLOATS);
    for (int d = 0; d < dim; d++) {
      FloatVector q = FloatVector.broadcast(FLOATS, query[d]);
      s = floats(codes, offset + 4L * d * width).fma(q, s);
    }
    s.intoArray(out, lane);
  }

  static void floatSquaredDistances(
      MemorySegment codes, long codesOffset, int width, int dim, float[] query, float[] out) {
    int lane = 0;
    for (; lane + 4 * LANES <= width; lane += 4 * LANES) {
      floatSquaredDistances4(codes, codesOffset + 4L * lane, width, dim, query, out, lane);
    }
    for (; lane < width; lane += LANES) {
      floatSquaredDistances1(codes, codesOffset + 4L * lane, width, dim, query, out, lane);
    }
  }

  private static void floatSquaredDistances4(
      MemorySegment codes, long offset, int width, int dim, float[] query, float[] out, int lane) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int d = 0; d < dim; d++) {
      long at = offset + 4L * d * width;
      FloatVector q = FloatVector.broadcast(FLOATS, query[d]);
      FloatVector d0 = q.sub(floats(codes, at));
      s0 = d0.fma(d0, s0);
      FloatVector d1 = q.sub(floats(codes, at + 4L * LANES));
      s1 = d1.fma(d1, s1);
      FloatVector d2 = q.sub(floats(codes, at + 8L * LANES));
      s2 = d2.fma(d2, s2);
      FloatVector d3 = q.sub(floats(codes, at + 12L * LANES));
      s3 = d3.fma(d3, s3);
    }
    s0.intoArray(out, lane);
    s1.intoArray(out, lane + LANES);
    s2.intoArray(out, lane + 2 * LANES);
    s3.intoArray(out, lane + 3 * LANES);
  }

  private static void floatSquaredDistances1(
      MemorySegment codes, long offset, int width, int dim, float[] query, float[] out, int lane) {
    FloatVector s = FloatVector.zero(FLOATS);
    for (int d = 0; d < dim; d++) {
      FloatVector q = FloatVector.broadcast(FLOATS, query[d]);
      FloatVector diff = q.sub(floats(codes, offset + 4L * d * width));
      s = diff.fma(diff, s);
    }
    s.intoArray(out, lane);
  }

  private static FloatVector floats(MemorySegment codes, long at) {
    return FloatVector.fromMemorySegment(FLOATS, codes, at, LITTLE_ENDIAN);
  }
}

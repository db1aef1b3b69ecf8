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

  static void bitDots(
      MemorySegment codes, long codesOffset, int width, int words, int[] planes, int[] out) {
    int lane = 0;
    for (; lane + 4 * LANES <= width; lane += 4 * LANES) {
      bitDots4(codes, codesOffset + 4L * lane, width, words, planes, out, lane);
    }
    for (; lane < width; lane += LANES) {
      bitDots1(codes, codesOffset + 4L * lane, width, words, planes, out, lane);
    }
  }

  private static void bitDots4(
      MemorySegment codes, long offset, int width, int words, int[] planes, int[] out, int lane) {
    IntVector s00 = IntVector.zero(INTS);
    IntVector s01 = s00;
    IntVector s02 = s00;
    IntVector s03 = s00;
    IntVector s10 = s00;
    IntVector s11 = s00;
    IntVector s12 = s00;
    IntVector s13 = s00;
    IntVector s20 = s00;
    IntVector s21 = s00;
    IntVector s22 = s00;
    IntVector s23 = s00;
    IntVector s30 = s00;
    IntVector s31 = s00;
    IntVector s32 = s00;
    IntVector s33 = s00;
    for (int j = 0; j < words; j++) {
      long at = offset + 4L * j * width;
      IntVector p0 = IntVector.broadcast(INTS, planes[4 * j]);
      IntVector p1 = IntVector.broadcast(INTS, planes[4 * j + 1]);
      IntVector p2 = IntVector.broadcast(INTS, planes[4 * j + 2]);
      IntVector p3 = IntVector.broadcast(INTS, planes[4 * j + 3]);
      IntVector c0 = IntVector.fromMemorySegment(INTS, codes, at, LITTLE_ENDIAN);
      s00 = s00.add(c0.and(p0).lanewise(VectorOperators.BIT_COUNT));
      s01 = s01.add(c0.and(p1).lanewise(VectorOperators.BIT_COUNT));
      s02 = s02.add(c0.and(p2).lanewise(VectorOperators.BIT_COUNT));
      s03 = s03.add(c0.and(p3).lanewise(VectorOperators.BIT_COUNT));
      IntVector c1 = IntVector.fromMemorySegment(INTS, codes, at + 4L * LANES, LITTLE_ENDIAN);
      s10 = s10.add(c1.and(p0).lanewise(VectorOperators.BIT_COUNT));
      s11 = s11.add(c1.and(p1).lanewise(VectorOperators.BIT_COUNT));
      s12 = s12.add(c1.and(p2).lanewise(VectorOperators.BIT_COUNT));
      s13 = s13.add(c1.and(p3).lanewise(VectorOperators.BIT_COUNT));
      IntVector c2 = IntVector.fromMemorySegment(INTS, codes, at + 8L * LANES, LITTLE_ENDIAN);
      s20 = s20.add(c2.and(p0).lanewise(VectorOperators.BIT_COUNT));
      s21 = s21.add(c2.and(p1).lanewise(VectorOperators.BIT_COUNT));
      s22 = s22.add(c2.and(p2).lanewise(VectorOperators.BIT_COUNT));
      s23 = s23.add(c2.and(p3).lanewise(VectorOperators.BIT_COUNT));
      IntVector c3 = IntVector.fromMemorySegment(INTS, codes, at + 12L * LANES, LITTLE_ENDIAN);
      s30 = s30.add(c3.and(p0).lanewise(VectorOperators.BIT_COUNT));
      s31 = s31.add(c3.and(p1).lanewise(VectorOperators.BIT_COUNT));
      s32 = s32.add(c3.and(p2).lanewise(VectorOperators.BIT_COUNT));
      s33 = s33.add(c3.and(p3).lanewise(VectorOperators.BIT_COUNT));
    }
    s00.add(s01.lanewise(VectorOperators.LSHL, 1))
        .add(s02.lanewise(VectorOperators.LSHL, 2))
        .sub(s03.lanewise(VectorOperators.LSHL, 3))
        .intoArray(out, lane);
    s10.add(s11.lanewise(VectorOperators.LSHL, 1))
        .add(s12.lanewise(VectorOperators.LSHL, 2))
        .sub(s13.lanewise(VectorOperators.LSHL, 3))
        .intoArray(out, lane + LANES);
    s20.add(s21.lanewise(VectorOperators.LSHL, 1))
        .add(s22.lanewise(VectorOperators.LSHL, 2))
        .sub(s23.lanewise(VectorOperators.LSHL, 3))
        .intoArray(out, lane + 2 * LANES);
    s30.add(s31.lanewise(VectorOperators.LSHL, 1))
        .add(s32.lanewise(VectorOperators.LSHL, 2))
        .sub(s33.lanewise(VectorOperators.LSHL, 3))
        .intoArray(out, lane + 3 * LANES);
  }

  private static void bitDots1(
      MemorySegment codes, long offset, int width, int words, int[] planes, int[] out, int lane) {
    IntVector s0 = IntVector.zero(INTS);
    IntVector s1 = s0;
    IntVector s2 = s0;
    IntVector s3 = s0;
    for (int j = 0; j < words; j++) {
      long at = offset + 4L * j * width;
      IntVector c = IntVector.fromMemorySegment(INTS, codes, at, LITTLE_ENDIAN);
      s0 = s0.add(c.and(planes[4 * j]).lanewise(VectorOperators.BIT_COUNT));
      s1 = s1.add(c.and(planes[4 * j + 1]).lanewise(VectorOperators.BIT_COUNT));
      s2 = s2.add(c.and(planes[4 * j + 2]).lanewise(VectorOperators.BIT_COUNT));
      s3 = s3.add(c.and(planes[4 * j + 3]).lanewise(VectorOperators.BIT_COUNT));
    }
    s0.add(s1.lanewise(VectorOperators.LSHL, 1))
        .add(s2.lanewise(VectorOperators.LSHL, 2))
        .sub(s3.lanewise(VectorOperators.LSHL, 3))
        .intoArray(out, lane);
  }

  /** One vector of distances. The loop is that of bitDots1: a result handed over would be boxed. */
  static void bitDistances(
      MemorySegment block,
      long codes,
      long terms,
      int width,
      int words,
      int[] planes,
      float scale,
      float shift,
      float base,
      float[] out,
      int outOffset) {
    IntVector s0 = IntVector.zero(INTS);
    IntVector s1 = s0;
    IntVector s2 = s0;
    IntVector s3 = s0;
    for (int j = 0; j < words; j++) {
      IntVector c = IntVector.fromMemorySegment(INTS, block, codes + 4L * j * width, LITTLE_ENDIAN);
      s0 = s0.add(c.and(planes[4 * j]).lanewise(VectorOperators.BIT_COUNT));
      s1 = s1.add(c.and(planes[4 * j + 1]).lanewise(VectorOperators.BIT_COUNT));
      s2 = s2.add(c.and(planes[4 * j + 2]).lanewise(VectorOperators.BIT_COUNT));
      s3 = s3.add(c.and(planes[4 * j + 3]).lanewise(VectorOperators.BIT_COUNT));
    }
    IntVector dots =
        s0.add(s1.lanewise(VectorOperators.LSHL, 1))
            .add(s2.lanewise(VectorOperators.LSHL, 2))
            .sub(s3.lanewise(VectorOperators.LSHL, 3));
    FloatVector t0 = FloatVector.fromMemorySegment(FLOATS, block, terms, LITTLE_ENDIAN);
    FloatVector t1 =
        FloatVector.fromMemorySegment(FLOATS, block, terms + 4L * width, LITTLE_ENDIAN);
    FloatVector value = (FloatVector) dots.convertShape(VectorOperators.I2F, FLOATS, 0);
    value = value.fma(FloatVector.broadcast(FLOATS, scale), FloatVector.broadcast(FLOATS, shift));
    t1.fma(value, t0.add(base)).intoArray(out, outOffset);
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

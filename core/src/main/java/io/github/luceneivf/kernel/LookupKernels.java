// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.kernel;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Look-ups by 4-bit codes in registers: a byte permutation reads the tables of as many codes as a
 * register has bytes.
 */
// After André, Kermarrec, Le Scouarnec: Cache locality is not enough: High-Performance Nearest
// Neighbor Search with Product Quantization Fast Scan (PVLDB 2015), section 4. Sums are kept in 16
// bits. Bytes are not parted into even and odd ones at each step: one sum takes them as they are,
// so that the odd ones count 256-fold, another takes the odd ones alone; the difference, at the
// end, is the even ones, because 16-bit sums are exact modulo 65536. The order of the codes in a
// unit (see VectorKernel#lookups) is such that each of four masks or shifts of these sums gives
// consecutive vectors.
//
// A tail of 16 vectors fills a quarter of a 512-bit register, so there four units are looked up at
// once, each in its own table, and the quarters summed at the end.
final class LookupKernels {

  /** Units whose sums fit 16 bits: two bytes are looked up for each. */
  private static final int MAX_UNITS = 128;

  private static final VectorSpecies<Byte> WIDE = ByteTables.BYTES;
  private static final VectorSpecies<Short> WIDE_SHORTS = WIDE.withLanes(short.class);
  private static final VectorSpecies<Integer> WIDE_INTS = WIDE.withLanes(int.class);
  private static final int WIDE_BYTES = WIDE.length();
  private static final VectorSpecies<Byte> TAIL = ByteVector.SPECIES_128;
  private static final int TAIL_BYTES = 16;

  private LookupKernels() {}

  static void lookups(
      MemorySegment codes, long codesOffset, int width, int units, byte[] luts, int[] out) {
    int done = 0;
    if (width == TAIL_BYTES && ByteTables.GROUPS > 1 && units <= MAX_UNITS * ByteTables.GROUPS) {
      done = units / ByteTables.GROUPS * ByteTables.GROUPS;
      groups(codes, codesOffset, done, units, luts, out);
    } else {
      Arrays.fill(out, 0, width, 0);
    }
    for (int from = done; from < units; from += MAX_UNITS) {
      int to = Math.min(from + MAX_UNITS, units);
      if (width == TAIL_BYTES) {
        tail(codes, codesOffset, from, to, units, luts, out);
        continue;
      }
      for (int lane = 0; lane < width; lane += WIDE_BYTES) {
        wide(codes, codesOffset + (long) from * width + lane, from, to, units, luts, out, lane);
      }
    }
  }

  /** Adds units {@code [from, to)} of {@code WIDE_BYTES} codes of a block of 64. */
  private static void wide(
      MemorySegment codes,
      long offset,
      int from,
      int to,
      int units,
      byte[] luts,
      int[] out,
      int lane) {
    ShortVector all0 = ShortVector.zero(WIDE_SHORTS);
    ShortVector odd0 = all0;
    ShortVector all1 = all0;
    ShortVector odd1 = all0;
    long at = offset;
    for (int j = from; j < to; j++) {
      ByteVector code = ByteVector.fromMemorySegment(WIDE, codes, at, LITTLE_ENDIAN);
      ByteVector low = code.and((byte) 15);
      ByteVector high = ByteTables.upper(code).and((byte) 15);
      ShortVector value0 =
          low.selectFrom(ByteVector.fromArray(WIDE, luts, 16 * j)).reinterpretAsShorts();
      ShortVector value1 =
          high.selectFrom(ByteVector.fromArray(WIDE, luts, 16 * (units + j))).reinterpretAsShorts();
      all0 = all0.add(value0);
      odd0 = odd0.add(value0.lanewise(VectorOperators.LSHR, 8));
      all1 = all1.add(value1);
      odd1 = odd1.add(value1.lanewise(VectorOperators.LSHR, 8));
      at += 64;
    }
    ShortVector odd = odd0.add(odd1);
    ShortVector even = all0.add(all1).sub(odd.lanewise(VectorOperators.LSHL, 8));
    IntVector evens = even.reinterpretAsInts();
    IntVector odds = odd.reinterpretAsInts();
    int to0 = lane / 4;
    int to1 = to0 + 16;
    int to2 = to0 + 32;
    int to3 = to0 + 48;
    evens.and(0xffff).add(wideInts(out, to0)).intoArray(out, to0);
    odds.and(0xffff).add(wideInts(out, to1)).intoArray(out, to1);
    evens.lanewise(VectorOperators.LSHR, 16).add(wideInts(out, to2)).intoArray(out, to2);
    odds.lanewise(VectorOperators.LSHR, 16).add(wideInts(out, to3)).intoArray(out, to3);
  }

  /**
   * Sums units {@code [0, to)} of a block of 16; {@code to} is a multiple of {@code
   * ByteTables.GROUPS}.
   */
  private static void groups(
      MemorySegment codes, long offset, int to, int units, byte[] luts, int[] out) {
    ShortVector all0 = ShortVector.zero(WIDE_SHORTS);
    ShortVector odd0 = all0;
    ShortVector all1 = all0;
    ShortVector odd1 = all0;
    ByteVector tables = ByteVector.fromArray(WIDE, ByteTables.STARTS, 0);
    for (int j = 0; j < to; j += ByteTables.GROUPS) {
      long at = offset + (long) j * TAIL_BYTES;
      ByteVector code = ByteVector.fromMemorySegment(WIDE, codes, at, LITTLE_ENDIAN);
      ByteVector low = code.and((byte) 15).or(tables);
      ByteVector high = ByteTables.upper(code).and((byte) 15).or(tables);
      ShortVector value0 =
          low.selectFrom(ByteVector.fromArray(WIDE, luts, 16 * j)).reinterpretAsShorts();
      ShortVector value1 =
          high.selectFrom(ByteVector.fromArray(WIDE, luts, 16 * (units + j))).reinterpretAsShorts();
      all0 = all0.add(value0);
      odd0 = odd0.add(value0.lanewise(VectorOperators.LSHR, 8));
      all1 = all1.add(value1);
      odd1 = odd1.add(value1.lanewise(VectorOperators.LSHR, 8));
    }
    ShortVector odd = odd0.add(odd1);
    ShortVector even = all0.add(all1).sub(odd.lanewise(VectorOperators.LSHL, 8));
    IntVector evens = even.reinterpretAsInts();
    IntVector odds = odd.reinterpretAsInts();
    int quarter = WIDE_BYTES / 4;
    evens.and(0xffff).intoArray(out, 0);
    odds.and(0xffff).intoArray(out, quarter);
    evens.lanewise(VectorOperators.LSHR, 16).intoArray(out, 2 * quarter);
    odds.lanewise(VectorOperators.LSHR, 16).intoArray(out, 3 * quarter);
    for (int i = 0; i < TAIL_BYTES; i++) {
      // Lanes 4g + i % 4 of the four parts are the groups; what is overwritten was read before.
      int first = i / 4 * quarter + i % 4;
      int sum = 0;
      for (int g = 0; g < ByteTables.GROUPS; g++) {
        sum += out[first + 4 * g];
      }
      out[i] = sum;
    }
  }

  /** Adds units {@code [from, to)} of a block of 16. */
  private static void tail(
      MemorySegment codes, long offset, int from, int to, int units, byte[] luts, int[] out) {
    ShortVector all = ShortVector.zero(ShortVector.SPECIES_128);
    ShortVector odd = all;
    for (int j = from; j < to; j++) {
      long at = offset + (long) j * TAIL_BYTES;
      ByteVector code = ByteVector.fromMemorySegment(TAIL, codes, at, LITTLE_ENDIAN);
      ByteVector high = ByteTables.upper(code).and((byte) 15);
      ShortVector value0 =
          code.and((byte) 15)
              .selectFrom(ByteVector.fromArray(TAIL, luts, 16 * j))
              .reinterpretAsShorts();
      ShortVector value1 =
          high.selectFrom(ByteVector.fromArray(TAIL, luts, 16 * (units + j))).reinterpretAsShorts();
      all = all.add(value0).add(value1);
      odd =
          odd.add(value0.lanewise(VectorOperators.LSHR, 8))
              .add(value1.lanewise(VectorOperators.LSHR, 8));
    }
    IntVector evens = all.sub(odd.lanewise(VectorOperators.LSHL, 8)).reinterpretAsInts();
    IntVector odds = odd.reinterpretAsInts();
    evens.and(0xffff).add(ints(out, 0)).intoArray(out, 0);
    odds.and(0xffff).add(ints(out, 4)).intoArray(out, 4);
    evens.lanewise(VectorOperators.LSHR, 16).add(ints(out, 8)).intoArray(out, 8);
    odds.lanewise(VectorOperators.LSHR, 16).add(ints(out, 12)).intoArray(out, 12);
  }

  private static IntVector wideInts(int[] values, int at) {
    return IntVector.fromArray(WIDE_INTS, values, at);
  }

  private static IntVector ints(int[] values, int at) {
    return IntVector.fromArray(IntVector.SPECIES_128, values, at);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.kernel;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Dot products of 1-bit codes: four bits pick the sum of their dimensions from a table in a
 * register.
 */
// After the fast scan of product codes (see LookupKernels). Entries are sums of four digits of 4
// bits, made positive, at most 60: those of two bytes of a code are added before they are widened.
//
// Tables are repeated to fill a register, so that the upper bits of an index do not matter. A tail
// of 16 vectors fills a quarter of a 512-bit register: there four bytes of each code are looked up
// at once, each in its own table, from a second copy of the tables that is not repeated.
//
// What is alike for two widths of registers is written for each: a method that is called with both
// may box what it is given, unless it is as small as ByteTables.upper.
final class BitKernels {

  private static final VectorSpecies<Byte> WIDE = ByteTables.BYTES;
  private static final int WIDE_BYTES = WIDE.length();
  private static final VectorSpecies<Short> WIDE_SHORTS = WIDE.withLanes(short.class);
  private static final VectorSpecies<Long> WIDE_LONGS = WIDE.withLanes(long.class);
  private static final VectorSpecies<Byte> NARROW = ByteVector.SPECIES_128;
  private static final VectorSpecies<Short> NARROW_SHORTS = ShortVector.SPECIES_128;
  private static final int NARROW_BYTES = NARROW.length();

  /** Whether a tail is summed in quarters. */
  private static final boolean QUARTERS = WIDE.vectorShape() == VectorShape.S_512_BIT;

  /** Added to the sum of four digits in [−8, 7]. */
  private static final int LIFT = 32;

  /** Lane i is set in mask b where bit b of i is. */
  private static final byte[] BITS = new byte[4 * WIDE_BYTES];

  /** Lanes that follow by a half and by a quarter of a register. */
  private static final long[] TURNS = new long[2 * WIDE_LONGS.length()];

  static {
    for (int i = 0; i < WIDE_BYTES; i++) {
      for (int b = 0; b < 4; b++) {
        BITS[b * WIDE_BYTES + i] = (byte) -(i >>> b & 1);
      }
    }
    int lanes = WIDE_LONGS.length();
    for (int i = 0; i < lanes; i++) {
      TURNS[i] = (i + lanes / 2) % lanes;
      TURNS[lanes + i] = (i + lanes / 4) % lanes;
    }
  }

  private static final VectorMask<Integer> SECOND = quarter(1);
  private static final VectorMask<Integer> THIRD = quarter(2);
  private static final VectorMask<Integer> FOURTH = quarter(3);

  private BitKernels() {}

  private static VectorMask<Integer> quarter(int quarter) {
    VectorSpecies<Integer> ints = WIDE.withLanes(int.class);
    long lanes = (1L << (ints.length() / 4)) - 1;
    return VectorMask.fromLong(ints, lanes << (quarter * ints.length() / 4));
  }

  static int tableBytes(int units) {
    return 2 * units * (QUARTERS ? WIDE_BYTES + ByteTables.SIZE : WIDE_BYTES);
  }

  static void tables(int[] digits, int length, byte[] tables) {
    ByteVector bit0 = ByteVector.fromArray(WIDE, BITS, 0);
    ByteVector bit1 = ByteVector.fromArray(WIDE, BITS, WIDE_BYTES);
    ByteVector bit2 = ByteVector.fromArray(WIDE, BITS, 2 * WIDE_BYTES);
    ByteVector bit3 = ByteVector.fromArray(WIDE, BITS, 3 * WIDE_BYTES);
    int count = length / 4;
    int second = count * WIDE_BYTES;
    for (int t = 0; t < count; t++) {
      ByteVector sums =
          bit0.and((byte) digits[4 * t])
              .add(bit1.and((byte) digits[4 * t + 1]))
              .add(bit2.and((byte) digits[4 * t + 2]))
              .add(bit3.and((byte) digits[4 * t + 3]))
              .add((byte) LIFT);
      sums.intoArray(tables, t * WIDE_BYTES);
    }
    if (QUARTERS) {
      for (int t = 0; t < count; t++) {
        int to = second + ByteTables.SIZE * (t / 2 + t % 2 * (count / 2));
        ByteVector.fromArray(NARROW, tables, t * WIDE_BYTES).intoArray(tables, to);
      }
    }
  }

  static void dots(
      MemorySegment codes, long codesOffset, int width, int units, byte[] tables, int[] out) {
    if (width == NARROW_BYTES) {
      tailDots(codes, codesOffset, units, tables, out);
      return;
    }
    for (int lane = 0; lane < width; lane += WIDE_BYTES) {
      wideDots(codes, codesOffset + lane, units, tables, out, lane / 4);
    }
  }

  /** A register of a block of 64. */
  private static void wideDots(
      MemorySegment codes, long offset, int units, byte[] tables, int[] out, int to) {
    ShortVector all = ShortVector.zero(WIDE_SHORTS);
    ShortVector odd = all;
    for (int j = 0; j < units; j += 4) {
      long at = offset + 64L * j;
      int table = 2 * WIDE_BYTES * j;
      ShortVector sum0 =
          wide(codes, at, tables, table)
              .add(wide(codes, at + 64, tables, table + 2 * WIDE_BYTES))
              .reinterpretAsShorts();
      ShortVector sum1 =
          wide(codes, at + 128, tables, table + 4 * WIDE_BYTES)
              .add(wide(codes, at + 192, tables, table + 6 * WIDE_BYTES))
              .reinterpretAsShorts();
      all = all.add(sum0.add(sum1));
      odd =
          odd.add(
              sum0.lanewise(VectorOperators.LSHR, 8).add(sum1.lanewise(VectorOperators.LSHR, 8)));
    }
    IntVector evens = all.sub(odd.lanewise(VectorOperators.LSHL, 8)).reinterpretAsInts();
    IntVector odds = odd.reinterpretAsInts();
    int lift = 2 * LIFT * units;
    evens.and(0xffff).sub(lift).intoArray(out, to);
    odds.and(0xffff).sub(lift).intoArray(out, to + 16);
    evens.lanewise(VectorOperators.LSHR, 16).sub(lift).intoArray(out, to + 32);
    odds.lanewise(VectorOperators.LSHR, 16).sub(lift).intoArray(out, to + 48);
  }

  /** What a byte of each code picks, from the table of its lower half and the one behind it. */
  private static ByteVector wide(MemorySegment codes, long at, byte[] tables, int table) {
    ByteVector code = ByteVector.fromMemorySegment(WIDE, codes, at, LITTLE_ENDIAN);
    return code.selectFrom(ByteVector.fromArray(WIDE, tables, table))
        .add(
            ByteTables.upper(code)
                .selectFrom(ByteVector.fromArray(WIDE, tables, table + WIDE_BYTES)));
  }

  private static void tailDots(
      MemorySegment codes, long offset, int units, byte[] tables, int[] out) {
    if (QUARTERS) {
      quarterDots(codes, offset, units, tables, out);
    } else {
      narrowDots(codes, offset, units, tables, out);
    }
  }

  private static void narrowDots(
      MemorySegment codes, long offset, int units, byte[] tables, int[] out) {
    ShortVector all = ShortVector.zero(NARROW_SHORTS);
    ShortVector odd = all;
    for (int j = 0; j < units; j += 2) {
      long at = offset + 16L * j;
      int table = 2 * WIDE_BYTES * j;
      ShortVector sum =
          narrow(codes, at, tables, table)
              .add(narrow(codes, at + 16, tables, table + 2 * WIDE_BYTES))
              .reinterpretAsShorts();
      all = all.add(sum);
      odd = odd.add(sum.lanewise(VectorOperators.LSHR, 8));
    }
    IntVector evens = all.sub(odd.lanewise(VectorOperators.LSHL, 8)).reinterpretAsInts();
    IntVector odds = odd.reinterpretAsInts();
    int lift = 2 * LIFT * units;
    evens.and(0xffff).sub(lift).intoArray(out, 0);
    odds.and(0xffff).sub(lift).intoArray(out, 4);
    evens.lanewise(VectorOperators.LSHR, 16).sub(lift).intoArray(out, 8);
    odds.lanewise(VectorOperators.LSHR, 16).sub(lift).intoArray(out, 12);
  }

  /** As {@link #wide}, of 16 vectors. */
  private static ByteVector narrow(MemorySegment codes, long at, byte[] tables, int table) {
    ByteVector code = ByteVector.fromMemorySegment(NARROW, codes, at, LITTLE_ENDIAN);
    return code.selectFrom(ByteVector.fromArray(NARROW, tables, table))
        .add(
            ByteTables.upper(code)
                .selectFrom(ByteVector.fromArray(NARROW, tables, table + WIDE_BYTES)));
  }

  /** Four units in a register, summed up at the end. */
  private static void quarterDots(
      MemorySegment codes, long offset, int units, byte[] tables, int[] out) {
    ShortVector all = ShortVector.zero(WIDE_SHORTS);
    ShortVector odd = all;
    int lower = 2 * units * WIDE_BYTES;
    int upper = lower + ByteTables.SIZE * units;
    int j = 0;
    for (; j + 2 * ByteTables.GROUPS <= units; j += 2 * ByteTables.GROUPS) {
      int at = NARROW_BYTES * j;
      ShortVector sum =
          quarters(codes, offset + at, tables, lower + at, upper + at)
              .add(
                  quarters(
                      codes,
                      offset + at + WIDE_BYTES,
                      tables,
                      lower + at + WIDE_BYTES,
                      upper + at + WIDE_BYTES))
              .reinterpretAsShorts();
      all = all.add(sum);
      odd = odd.add(sum.lanewise(VectorOperators.LSHR, 8));
    }
    if (j < units) {
      int at = NARROW_BYTES * j;
      ShortVector sum =
          quarters(codes, offset + at, tables, lower + at, upper + at).reinterpretAsShorts();
      all = all.add(sum);
      odd = odd.add(sum.lanewise(VectorOperators.LSHR, 8));
    }
    LongVector half = LongVector.fromArray(WIDE_LONGS, TURNS, 0);
    LongVector quarter = LongVector.fromArray(WIDE_LONGS, TURNS, WIDE_LONGS.length());
    all = all.add(half.selectFrom(all.reinterpretAsLongs()).reinterpretAsShorts());
    all = all.add(quarter.selectFrom(all.reinterpretAsLongs()).reinterpretAsShorts());
    odd = odd.add(half.selectFrom(odd.reinterpretAsLongs()).reinterpretAsShorts());
    odd = odd.add(quarter.selectFrom(odd.reinterpretAsLongs()).reinterpretAsShorts());
    IntVector evens = all.sub(odd.lanewise(VectorOperators.LSHL, 8)).reinterpretAsInts();
    IntVector odds = odd.reinterpretAsInts();
    // All quarters are the same now: each gives the vectors that are in its place.
    evens
        .and(0xffff)
        .blend(odds.and(0xffff), SECOND)
        .blend(evens.lanewise(VectorOperators.LSHR, 16), THIRD)
        .blend(odds.lanewise(VectorOperators.LSHR, 16), FOURTH)
        .sub(2 * LIFT * units)
        .intoArray(out, 0);
  }

  /** What four bytes of each code pick, each from its own tables. */
  private static ByteVector quarters(
      MemorySegment codes, long at, byte[] tables, int lower, int upper) {
    ByteVector starts = ByteVector.fromArray(WIDE, ByteTables.STARTS, 0);
    ByteVector code = ByteVector.fromMemorySegment(WIDE, codes, at, LITTLE_ENDIAN);
    return code.and((byte) 15)
        .or(starts)
        .selectFrom(ByteVector.fromArray(WIDE, tables, lower))
        .add(
            ByteTables.upper(code)
                .and((byte) 15)
                .or(starts)
                .selectFrom(ByteVector.fromArray(WIDE, tables, upper)));
  }
}

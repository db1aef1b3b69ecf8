// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.testdata.Allocations;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Boxed vectors are what makes a vector kernel slow: none may be left after warm-up. */
@Tag("allocation")
class KernelAllocationTest {

  private static final int CALLS = 100;
  private static final int DIM = 100;
  private static final MemorySegment SEGMENT = Arena.global().allocate(64L * DIM * 4 + 512);
  private static final float[] ROWS = new float[64 * DIM];
  private static final float[] QUERY = new float[DIM];
  private static final float[] OUT = new float[64];
  private static final int[] INTS = new int[64];
  private static final int[] ORDS = IntStream.range(0, 21).toArray();
  private static final int[] DIGITS = new int[800];
  private static final byte[] BIT_TABLES = new byte[new PanamaKernel().bitTableBytes(100)];
  private static final byte[] LUTS = new byte[VectorKernel.lutBytes(140)];
  private static final int[] PAIRS = new int[21 * VectorKernel.PANEL];
  private static final float[] PAIR_VALUES = new float[21 * VectorKernel.PANEL];
  private static final float[] HALF_NORMS = new float[64];

  private static final float[] TILES = new float[256 * VectorKernel.TILE];
  private static final float[] TILES2 = new float[256 * VectorKernel.TILE];
  private static final int[] ORDS256 = IntStream.range(0, 256).toArray();
  private static final int[] TILE_WORDS = new int[8 * VectorKernel.TILE];
  private static final double[] TILE_SUMS = new double[3 * VectorKernel.TILE];

  static Stream<Arguments> calls() {
    VectorKernel k = new PanamaKernel();
    return Stream.of(
        call("dot", () -> OUT[0] = k.dot(ROWS, 1, QUERY, 0, DIM)),
        call("squaredDistance", () -> OUT[0] = k.squaredDistance(ROWS, 1, QUERY, 0, DIM)),
        call("dotRows", () -> k.dotRows(QUERY, SEGMENT, DIM, ORDS, 21, OUT)),
        call(
            "squaredDistanceRows", () -> k.squaredDistanceRows(QUERY, SEGMENT, DIM, ORDS, 21, OUT)),
        call("nearest", () -> k.nearest(ROWS, 0, 21, ROWS, HALF_NORMS, 60, DIM, INTS, OUT, 0)),
        call(
            "within",
            () ->
                k.within(ROWS, 0, 21, HALF_NORMS, ROWS, 0, DIM, HALF_NORMS, 0, PAIRS, PAIR_VALUES)),
        call("hadamard", () -> k.hadamard(ROWS, 0, 256)),
        call("bitDots", () -> k.bitDots(SEGMENT, 4, 64, 100, BIT_TABLES, INTS)),
        call("bitDots of a tail", () -> k.bitDots(SEGMENT, 4, 16, 100, BIT_TABLES, INTS)),
        call("bitTables", () -> k.bitTables(DIGITS, 800, BIT_TABLES)),
        call("lookups", () -> k.lookups(SEGMENT, 4, 64, 140, LUTS, INTS)),
        call("lookups of a tail", () -> k.lookups(SEGMENT, 4, 16, 140, LUTS, INTS)),
        call("byteDots", () -> k.byteDots(SEGMENT, 4, 64, DIM, QUERY, OUT)),
        call("byteDots of a tail", () -> k.byteDots(SEGMENT, 4, 16, DIM, QUERY, OUT)),
        call("floatDots of a tail", () -> k.floatDots(SEGMENT, 4, 16, DIM, QUERY, OUT)),
        call("floatDots", () -> k.floatDots(SEGMENT, 4, 64, DIM, QUERY, OUT)),
        call(
            "floatSquaredDistances",
            () -> k.floatSquaredDistances(SEGMENT, 4, 64, DIM, QUERY, OUT)),
        call("affine of ints", () -> k.affine(SEGMENT, 4, 64, INTS, 1, 1, 1, OUT, 0)),
        call("affine of floats", () -> k.affine(SEGMENT, 4, 64, OUT, 1, OUT, 0)),
        call("below", () -> INTS[0] = Long.bitCount(k.below(OUT, 64, 0))),
        call("gather", () -> k.gather(QUERY, 0, ORDS, ROWS, OUT, 0, 21)),
        call("gatherHadamard", () -> k.gatherHadamard(TILES, ORDS256, TILES, TILES2, 0, 256)),
        call("signs", () -> k.signs(TILES, TILES2, 256, TILE_WORDS, TILE_SUMS)),
        call("maxAbs", () -> OUT[0] = k.maxAbs(QUERY, DIM)),
        call("excess", () -> OUT[0] = k.excess(QUERY, DIM, 0.5f)),
        call("digits", () -> INTS[0] = k.digits(ROWS, 640, 1, DIGITS)));
  }

  private static Arguments call(String name, Runnable call) {
    return Arguments.of(name, call);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("calls")
  void callsDoNotAllocateOnceCompiled(String name, Runnable call) {
    long least = Allocations.least(CALLS, call);
    // One boxed vector takes 16 bytes and more, with its array 80.
    assertTrue(least < CALLS, name + ": " + least + " bytes in " + CALLS + " calls");
  }
}

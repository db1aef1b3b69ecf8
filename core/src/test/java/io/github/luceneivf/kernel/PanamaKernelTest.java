// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PanamaKernelTest {

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final VectorKernel scalar = new ScalarKernel();
  private final VectorKernel panama = new PanamaKernel();
  private final Random random = new Random(42);

  private float[] floats(int length, float scale) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian() * scale;
    }
    return values;
  }

  /** Copies floats behind {@code offset} bytes, to a heap or a native segment. */
  private MemorySegment segment(Arena arena, float[] values, long offset, boolean heap) {
    long bytes = offset + 4L * values.length;
    MemorySegment segment =
        heap ? MemorySegment.ofArray(new byte[(int) bytes]) : arena.allocate(bytes, 1);
    for (int i = 0; i < values.length; i++) {
      segment.set(FLOAT, offset + 4L * i, values[i]);
    }
    return segment;
  }

  private MemorySegment bytes(Arena arena, long length, boolean heap) {
    byte[] values = new byte[(int) length];
    random.nextBytes(values);
    if (heap) {
      return MemorySegment.ofArray(values);
    }
    return arena.allocate(length, 1).copyFrom(MemorySegment.ofArray(values));
  }

  /** Within 1e-5 of the sum of the absolute terms. */
  private static void assertClose(float expected, float actual, double terms, String what) {
    assertTrue(
        Math.abs((double) expected - actual) <= 1e-5 * terms + Float.MIN_NORMAL,
        what + ": expected " + expected + ", got: " + actual + ", terms " + terms);
  }

  @ParameterizedTest
  @ValueSource(floats = {1e-38f, 1e-19f, 1f, 1e15f, 1e17f})
  void rowMajorSumsAgree(float scale) {
    for (int round = 0; round < 300; round++) {
      int dim = 1 + random.nextInt(round < 250 ? 140 : 1600);
      int aOffset = random.nextInt(9);
      int bOffset = random.nextInt(9);
      float[] a = floats(aOffset + dim, scale);
      float[] b = floats(bOffset + dim, scale);
      double dots = 0;
      double squares = 0;
      for (int d = 0; d < dim; d++) {
        dots += Math.abs((double) a[aOffset + d] * b[bOffset + d]);
        squares += Math.pow((double) a[aOffset + d] - b[bOffset + d], 2);
      }
      String what = "dim " + dim;
      assertClose(
          scalar.dot(a, aOffset, b, bOffset, dim),
          panama.dot(a, aOffset, b, bOffset, dim),
          dots,
          what);
      assertClose(
          scalar.squaredDistance(a, aOffset, b, bOffset, dim),
          panama.squaredDistance(a, aOffset, b, bOffset, dim),
          squares,
          what);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void rowsOfSegmentsAgree(boolean heap) {
    try (Arena arena = Arena.ofConfined()) {
      for (int round = 0; round < 120; round++) {
        int dim = 1 + random.nextInt(round < 100 ? 70 : 900);
        int n = 1 + random.nextInt(20);
        int count = random.nextInt(11);
        float[] query = floats(dim, 1);
        float[] values = floats(n * dim, 1);
        // A segment that ends with the last row: reading past it must fail.
        MemorySegment rows = segment(arena, values, 0, heap);
        int[] ords = random.ints(count, 0, n).toArray();
        float[] dots = new float[count];
        float[] distances = new float[count];
        panama.dotRows(query, rows, dim, ords, count, dots);
        panama.squaredDistanceRows(query, rows, dim, ords, count, distances);
        float[] scalarDots = new float[count];
        float[] scalarDistances = new float[count];
        scalar.dotRows(query, rows, dim, ords, count, scalarDots);
        scalar.squaredDistanceRows(query, rows, dim, ords, count, scalarDistances);
        for (int i = 0; i < count; i++) {
          double terms = 0;
          for (int d = 0; d < dim; d++) {
            terms += Math.abs(query[d] * values[ords[i] * dim + d]);
          }
          assertClose(scalarDots[i], dots[i], terms, "dim " + dim);
          assertClose(scalarDistances[i], distances[i], scalarDistances[i], "dim " + dim);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {1e-38f, 1e-3f, 1f, 1e18f})
  void nearestIsBitIdentical(float scale) {
    for (int round = 0; round < 60; round++) {
      int dim = 1 + random.nextInt(30);
      int rowCount = random.nextInt(20);
      int centroidCount = 1 + random.nextInt(round % 2 == 0 ? 70 : 300);
      float[] rows = floats(5 + rowCount * dim, scale);
      float[] centroids = floats(centroidCount * dim, scale);
      if (round % 5 == 0 && centroidCount > 70) {
        System.arraycopy(centroids, 3 * dim, centroids, 69 * dim, dim);
        System.arraycopy(centroids, 3 * dim, rows, 5, rowCount > 0 ? dim : 0);
      }
      assertNearestEqual(rows, 5, rowCount, centroids, centroidCount, dim);
    }
  }

  private void assertNearestEqual(
      float[] rows, int rowsOffset, int rowCount, float[] centroids, int count, int dim) {
    float[] panels = VectorKernel.panels(centroids, count, dim);
    float[] halfNorms = VectorKernel.halfNorms(centroids, count, dim);
    int[] expected = new int[rowCount + 2];
    int[] actual = new int[rowCount + 2];
    float[] expectedValues = new float[rowCount + 2];
    float[] actualValues = new float[rowCount + 2];
    scalar.nearest(
        rows, rowsOffset, rowCount, panels, halfNorms, count, dim, expected, expectedValues, 1);
    panama.nearest(
        rows, rowsOffset, rowCount, panels, halfNorms, count, dim, actual, actualValues, 1);
    assertArrayEquals(expected, actual);
    assertArrayEquals(expectedValues, actualValues);
  }

  @ParameterizedTest
  @ValueSource(floats = {1e-38f, 1e-3f, 1f, 1e18f})
  void withinIsBitIdentical(float scale) {
    for (int round = 0; round < 60; round++) {
      int dim = 1 + random.nextInt(30);
      int rowCount = random.nextInt(20);
      int count = VectorKernel.PANEL + 1 + random.nextInt(VectorKernel.PANEL);
      float[] rows = floats(5 + rowCount * dim, scale);
      float[] panels = VectorKernel.panels(floats(count * dim, scale), count, dim);
      float[] halfNorms = new float[rowCount];
      for (int row = 0; row < rowCount; row++) {
        halfNorms[row] = scale * scale * random.nextFloat() * dim;
      }
      float[] bounds = floats(3 + VectorKernel.PANEL, scale * scale * dim);
      Arrays.fill(bounds, 10, 20, Float.NEGATIVE_INFINITY);
      Arrays.fill(bounds, 40, 50, Float.POSITIVE_INFINITY);
      List<String> expected = within(scalar, rows, halfNorms, panels, dim, bounds);
      assertEquals(expected, within(panama, rows, halfNorms, panels, dim, bounds));
      assertTrue(expected.size() >= 10 * rowCount, "unbounded lanes are within");
    }
  }

  /** Pairs of the second panel, in a fixed order. */
  private static List<String> within(
      VectorKernel kernel,
      float[] rows,
      float[] halfNorms,
      float[] panels,
      int dim,
      float[] bounds) {
    int rowCount = halfNorms.length;
    int[] pairs = new int[rowCount * VectorKernel.PANEL];
    float[] values = new float[rowCount * VectorKernel.PANEL];
    int panel = VectorKernel.PANEL * dim;
    int found =
        kernel.within(rows, 5, rowCount, halfNorms, panels, panel, dim, bounds, 3, pairs, values);
    return IntStream.range(0, found)
        .boxed()
        .sorted(Comparator.comparingInt(i -> pairs[i]))
        .map(i -> pairs[i] + "=" + Float.floatToIntBits(values[i]))
        .toList();
  }

  @Test
  void nearestOfRowsThatAreNotNumbersIsTheFirst() {
    float[] rows = floats(13 * 8, 1);
    rows[3] = Float.NaN;
    rows[7 * 8] = Float.POSITIVE_INFINITY;
    rows[12 * 8] = Float.NEGATIVE_INFINITY;
    float[] centroids = floats(70 * 8, 1);
    centroids[5 * 8 + 2] = Float.NaN;
    assertNearestEqual(rows, 0, 13, centroids, 70, 8);
  }

  @Test
  void hadamardIsBitIdentical() {
    for (int length = 1; length <= 4096; length *= 2) {
      for (float scale : new float[] {1e-38f, 1f, 1e18f}) {
        float[] expected = floats(3 + length + 2, scale);
        float[] actual = expected.clone();
        scalar.hadamard(expected, 3, length);
        panama.hadamard(actual, 3, length);
        assertArrayEquals(expected, actual);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void bitDotsAreTheSumsOfDigits(boolean heap) {
    try (Arena arena = Arena.ofConfined()) {
      for (int width = 16; width <= 64; width += 48) {
        for (int units = 4; units <= 512; units += units < 40 ? 4 : 118 / 4 * 4) {
          long offset = random.nextInt(70);
          // A segment that ends with the codes: reading past them must fail.
          MemorySegment codes = bytes(arena, offset + (long) units * width, heap);
          int[] digits = random.ints(8L * units, -8, 8).toArray();
          if (units % 8 == 0) {
            Arrays.fill(digits, units % 16 == 0 ? 7 : -8); // the largest sums and the least
            codes.asSlice(offset).fill((byte) -1);
          }
          int[] expected = bitDots(codes, offset, width, units, digits);
          for (VectorKernel kernel : List.of(scalar, panama)) {
            byte[] tables = new byte[kernel.bitTableBytes(units)];
            random.nextBytes(tables);
            kernel.bitTables(digits, digits.length, tables);
            int[] actual = random.ints(width).toArray();
            kernel.bitDots(codes, offset, width, units, tables, actual);
            assertArrayEquals(
                expected, actual, kernel.name() + " width " + width + " units " + units);
          }
        }
      }
    }
  }

  private static int[] bitDots(
      MemorySegment codes, long offset, int width, int units, int[] digits) {
    int[] sums = new int[width];
    for (int i = 0; i < width; i++) {
      int place = 4 * (i % (width / 4)) + i / (width / 4);
      for (int d = 0; d < 8 * units; d++) {
        byte code = codes.get(ValueLayout.JAVA_BYTE, offset + (long) d / 8 * width + place);
        sums[i] += (code >>> d % 8 & 1) * digits[d];
      }
    }
    return sums;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void lookupsAreEqual(boolean heap) {
    try (Arena arena = Arena.ofConfined()) {
      for (int width = 16; width <= 64; width += 48) {
        for (int units = 1; units <= 1200; units += units < 20 ? 1 : 107) {
          long offset = random.nextInt(70);
          // A segment that ends with the codes: reading past them must fail.
          MemorySegment codes = bytes(arena, offset + (long) units * width, heap);
          byte[] luts = new byte[VectorKernel.lutBytes(units)];
          random.nextBytes(luts);
          if (units % 2 == 0) {
            Arrays.fill(luts, (byte) 255); // the largest sums
          }
          int[] expected = new int[64];
          int[] actual = random.ints(64).toArray();
          scalar.lookups(codes, offset, width, units, luts, expected);
          panama.lookups(codes, offset, width, units, luts, actual);
          assertArrayEquals(
              Arrays.copyOf(expected, width),
              Arrays.copyOf(actual, width),
              "width " + width + " units " + units);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void lanesOfBytesAndFloatsAreBitIdentical(boolean heap) {
    try (Arena arena = Arena.ofConfined()) {
      for (int round = 0; round < 80; round++) {
        int width = round % 2 == 0 ? 64 : 16;
        int dim = 1 + random.nextInt(90);
        long offset = random.nextInt(40);
        float[] query = floats(dim, round % 3 == 0 ? 1e18f : 1);
        float[] expected = new float[width];
        float[] actual = new float[width];
        MemorySegment bytes = bytes(arena, offset + (long) dim * width, heap);
        scalar.byteDots(bytes, offset, width, dim, query, expected);
        panama.byteDots(bytes, offset, width, dim, query, actual);
        assertArrayEquals(expected, actual);
        MemorySegment floats = segment(arena, floats(dim * width, 1), offset, heap);
        scalar.floatDots(floats, offset, width, dim, query, expected);
        panama.floatDots(floats, offset, width, dim, query, actual);
        assertArrayEquals(expected, actual);
        scalar.floatSquaredDistances(floats, offset, width, dim, query, expected);
        panama.floatSquaredDistances(floats, offset, width, dim, query, actual);
        assertArrayEquals(expected, actual);
      }
    }
  }

  @Test
  void affineIsBitIdentical() {
    try (Arena arena = Arena.ofConfined()) {
      for (int width = 16; width <= 64; width += 48) {
        MemorySegment terms = segment(arena, floats(2 * width, 3), 7, false);
        int[] ints = random.ints(width, -1_000_000, 1_000_000).toArray();
        float[] dots = floats(width, 10);
        float[] expected = new float[width + 5];
        float[] actual = new float[width + 5];
        scalar.affine(terms, 7, width, ints, 0.013f, -0.4f, 2.5f, expected, 3);
        panama.affine(terms, 7, width, ints, 0.013f, -0.4f, 2.5f, actual, 3);
        assertArrayEquals(expected, actual);
        scalar.affine(terms, 7, width, dots, -1.75f, expected, 3);
        panama.affine(terms, 7, width, dots, -1.75f, actual, 3);
        assertArrayEquals(expected, actual);
      }
    }
  }

  @Test
  void nameTellsTheWidth() {
    String name = "panama-" + 32 * PanamaKernel.LANES;
    int tables = ByteTables.BYTES.vectorBitSize();
    assertEquals(
        tables == 32 * PanamaKernel.LANES ? name : name + "-tables-" + tables, panama.name());
    assertTrue(PanamaKernel.isSupported());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The inner loops of an inverted file. {@link ScalarKernel} is the reference; {@link PanamaKernel}
 * gives the same results faster.
 *
 * <p>Agreement between implementations: methods whose lanes are vectors ({@link #nearest}, {@link
 * #within}, {@link #bitDots}, {@link #lookups}, {@link #byteDots}, {@link #floatDots}, {@link
 * #floatSquaredDistances}, {@code affine}) and {@link #hadamard}, {@link #below}, {@link #gather},
 * {@link #maxAbs(float[], int)}, {@link #digits}, {@link #gatherHadamard} and {@link #signs} are
 * bit-identical, their order of operations being part of this contract; sums over dimensions of the
 * other methods agree to 1e-5 of the sum of the absolute terms. No method allocates once compiled,
 * none keeps a reference to an argument.
 *
 * <p>Thread-safe: stateless. Offsets into {@code float[]} count floats, offsets into {@link
 * MemorySegment} count bytes; segments hold little-endian values, without alignment demands.
 */
public interface VectorKernel {

  /** Name for logs: {@code scalar} or {@code panama-512} and the like. */
  String name();

  /** Returns the dot product of {@code a[aOffset, +dim)} and {@code b[bOffset, +dim)}. */
  float dot(float[] a, int aOffset, float[] b, int bOffset, int dim);

  /** Returns the squared Euclidean distance of the two ranges of {@code dim} floats. */
  float squaredDistance(float[] a, int aOffset, float[] b, int bOffset, int dim);

  /**
   * Rows of a memory segment picked by ordinal: {@code out[i] = ⟨query, rows[ords[i]]⟩}.
   *
   * @param rows rows of {@code dim} floats, row {@code ord} at byte {@code ord * 4 * dim}
   * @param ords [count]
   * @param out [count]
   */
  void dotRows(float[] query, MemorySegment rows, int dim, int[] ords, int count, float[] out);

  /** Like {@link #dotRows} with {@code ‖query − row‖²}. */
  void squaredDistanceRows(
      float[] query, MemorySegment rows, int dim, int[] ords, int count, float[] out);

  /** Four consecutive bytes, the first in the lowest bits. */
  ValueLayout.OfInt LITTLE_ENDIAN_INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Centroids side by side in one panel of {@link #nearest}. */
  int PANEL = 64;

  /**
   * Floats in the panels of {@code count} rows of {@code dim} floats: {@code ceil(count / PANEL) ×
   * dim × PANEL}.
   */
  static int panelFloats(int count, int dim) {
    return Math.multiplyExact(Math.multiplyExact((count + PANEL - 1) / PANEL, dim), PANEL);
  }

  /**
   * Lays centroids out for {@link #nearest}: panel p holds component d of centroids {@code [64p,
   * 64p + 64)} at {@code panels[(p × dim + d) × 64 + j]}; missing ones are zero.
   *
   * @param rows [count × dim], row-major
   */
  static float[] panels(float[] rows, int count, int dim) {
    float[] panels = new float[panelFloats(count, dim)];
    for (int c = 0; c < count; c += PANEL) {
      transpose(rows, c * dim, Math.min(PANEL, count - c), dim, panels, c * dim);
    }
    return panels;
  }

  /** Lays {@code count} rows, at most PANEL, into one panel, a few components of all at a time. */
  private static void transpose(
      float[] rows, int from, int count, int dim, float[] panels, int to) {
    int step = 16;
    for (int first = 0; first < dim; first += step) {
      int end = Math.min(first + step, dim);
      for (int c = 0; c < count; c++) {
        for (int d = first; d < end; d++) {
          panels[to + d * PANEL + c] = rows[from + c * dim + d];
        }
      }
    }
  }

  /**
   * Returns ‖c‖²/2 of every centroid, as {@link #nearest} wants it: summed in double precision, and
   * infinite for the missing ones of the last panel.
   *
   * @param rows [count × dim], row-major
   */
  static float[] halfNorms(float[] rows, int count, int dim) {
    float[] halfNorms = new float[(count + PANEL - 1) / PANEL * PANEL];
    Arrays.fill(halfNorms, Float.POSITIVE_INFINITY);
    for (int c = 0; c < count; c++) {
      double sum = 0;
      for (int at = c * dim; at < (c + 1) * dim; at++) {
        sum += (double) rows[at] * rows[at];
      }
      halfNorms[c] = (float) (sum / 2);
    }
    return halfNorms;
  }

  /**
   * Nearest centroid of each row: {@code nearest[i] = argmin over c of value(c) = halfNorms[c] −
   * ⟨rows[i], c⟩}, the lowest c among equals, and {@code values[i]} that minimum. The squared
   * distance is {@code ‖row‖² + 2 × value} when {@code halfNorms[c] = ‖c‖²/2}.
   *
   * <p>Each ⟨row, c⟩ is one fused multiply-add chain over the dimensions in ascending order, so the
   * result does not depend on the implementation, on tiling or on how rows are batched. A row with
   * no value below +∞ (not-a-number input) gets centroid 0.
   *
   * @param rows [rowCount × dim], row-major, from {@code rowsOffset}
   * @param panels from {@link #panels}
   * @param halfNorms [centroidCount, rounded up to a multiple of PANEL], +∞ past the last centroid
   * @param nearest [rowCount], from {@code outOffset}
   * @param values [rowCount], from {@code outOffset}
   */
  void nearest(
      float[] rows,
      int rowsOffset,
      int rowCount,
      float[] panels,
      float[] halfNorms,
      int centroidCount,
      int dim,
      int[] nearest,
      float[] values,
      int outOffset);

  /**
   * Rows near to the vectors of one panel: finds the pairs of row r and lane j with {@code value(r,
   * j) = halfNorms[r] − ⟨row r, vector j⟩ ≤ bounds[j]}. Here the half norms are those of the rows,
   * and the vectors of the panel are queries, say; the order of operations is that of {@link
   * #nearest}. Not-a-number is within no bound.
   *
   * @param rows [rowCount × dim], row-major, from {@code rowsOffset}
   * @param halfNorms [rowCount]
   * @param panels from {@link #panels}; the panel starts at {@code panelOffset}
   * @param bounds [PANEL] from {@code boundsOffset}; −∞ for lanes that are of no interest
   * @param pairs receives {@code r × PANEL + j} of each pair, in any order; [rowCount × PANEL]
   * @param values receives the value of each pair, likewise
   * @return the number of pairs
   */
  int within(
      float[] rows,
      int rowsOffset,
      int rowCount,
      float[] halfNorms,
      float[] panels,
      int panelOffset,
      int dim,
      float[] bounds,
      int boundsOffset,
      int[] pairs,
      float[] values);

  /**
   * Unnormalised Walsh-Hadamard transform in place, butterflies {@code (a + b, a − b)} at strides
   * 1, 2, 4, … in this order.
   *
   * @param length a power of two
   */
  void hadamard(float[] x, int offset, int length);

  /** Returns the bytes of the tables of {@link #bitDots} for codes of {@code units} bytes. */
  int bitTableBytes(int units);

  /**
   * Makes the tables of {@link #bitDots}, for this kernel alone.
   *
   * @param digits [length] in [−8, 7]
   * @param length a multiple of 32, at most 4,096
   * @param tables [{@link #bitTableBytes} of length / 8], overwritten
   */
  void bitTables(int[] digits, int length, byte[] tables);

  /**
   * Integer dot products of 4-bit queries with 1-bit codes, lanes are vectors: {@code out[i] = Σ_d
   * digits[d] × bit_id}, bit d of vector i being bit {@code d % 8} of its byte {@code d / 8}.
   *
   * @param codes byte j of vector i at byte {@code codesOffset + j × width + 4 × (i mod w) + i /
   *     w}, w = width / 4
   * @param width vectors in the block: 16 or 64
   * @param units bytes of a code: a multiple of 4, at most 512
   * @param tables of this kernel's {@link #bitTables}
   * @param out [width]
   */
  void bitDots(
      MemorySegment codes, long codesOffset, int width, int units, byte[] tables, int[] out);

  /** Returns the bytes of the tables of {@link #lookups}: more than used, for wide loads. */
  static int lutBytes(int units) {
    return Math.addExact(Math.multiplyExact(units, 32), 64);
  }

  /**
   * Sums of what 4-bit codes pick from tables of 16 unsigned bytes, lanes are vectors: {@code
   * out[i] = Σ_j luts[16 j + lower_ij] + luts[16 (units + j) + upper_ij]} over the halves of the
   * {@code units} bytes j of vector i.
   *
   * @param codes byte j of vector i at byte {@code codesOffset + j × width + 4 × (i mod w) + i /
   *     w}, w = width / 4
   * @param width vectors in the block: 16 or 64
   * @param units bytes of a code
   * @param luts [{@link #lutBytes}]; the tables of the lower halves, then those of the upper ones
   * @param out receives [width] sums; must have 64 elements, of which those beyond hold anything
   */
  void lookups(MemorySegment codes, long codesOffset, int width, int units, byte[] luts, int[] out);

  /**
   * Sums of what 8-bit codes pick from tables of 256 floats, lanes are vectors: {@code out[i] = Σ_j
   * tables[256 j + code_ij]}, added in ascending j. Plain loops: loads by index are no faster.
   *
   * @param codes byte j of vector i at byte {@code codesOffset + j × width + i}
   * @param width vectors in the block: 16 or 64
   * @param units bytes of a code
   * @param tables [units × 256]
   * @param out [width]
   */
  default void byteLookups(
      MemorySegment codes, long codesOffset, int width, int units, float[] tables, float[] out) {
    for (int i = 0; i < width; i += 4) {
      float s0 = 0;
      float s1 = 0;
      float s2 = 0;
      float s3 = 0;
      for (int j = 0; j < units; j++) {
        int four = codes.get(LITTLE_ENDIAN_INT, codesOffset + (long) j * width + i);
        int table = 256 * j;
        s0 += tables[table + (four & 0xff)];
        s1 += tables[table + (four >>> 8 & 0xff)];
        s2 += tables[table + (four >>> 16 & 0xff)];
        s3 += tables[table + (four >>> 24)];
      }
      out[i] = s0;
      out[i + 1] = s1;
      out[i + 2] = s2;
      out[i + 3] = s3;
    }
  }

  /**
   * Dot products of a float query with signed bytes, lanes are vectors: {@code out[i] = Σ_d
   * query[d] × code[d × width + i]}, one fused multiply-add chain over ascending d.
   *
   * @param width 16 or 64
   */
  void byteDots(
      MemorySegment codes, long codesOffset, int width, int dim, float[] query, float[] out);

  /**
   * Dot products of a float query with floats, lanes are vectors: component d of vector i at byte
   * {@code codesOffset + 4 × (d × width + i)}, one fused multiply-add chain over ascending d.
   *
   * @param width 16 or 64
   */
  void floatDots(
      MemorySegment codes, long codesOffset, int width, int dim, float[] query, float[] out);

  /** Like {@link #floatDots} with squared distances: {@code fma(δ, δ, sum)}, δ = query − code. */
  void floatSquaredDistances(
      MemorySegment codes, long codesOffset, int width, int dim, float[] query, float[] out);

  /**
   * Turns integer dot products into distance estimates: {@code out[i] = fma(t1[i], fma(scale,
   * dots[i], shift), t0[i] + base)}.
   *
   * @param terms t0 [width] then t1 [width], floats, from {@code termsOffset}
   * @param out receives {@code width} distances from {@code outOffset}
   */
  void affine(
      MemorySegment terms,
      long termsOffset,
      int width,
      int[] dots,
      float scale,
      float shift,
      float base,
      float[] out,
      int outOffset);

  /** Like the integer form, with float dot products: {@code fma(t1[i], dots[i], t0[i] + base)}. */
  void affine(
      MemorySegment terms,
      long termsOffset,
      int width,
      float[] dots,
      float base,
      float[] out,
      int outOffset);

  /**
   * Lanes below a threshold: bit i of the result is set unless {@code values[i] >= threshold}, so
   * not-a-number counts as below.
   *
   * @param values [64], the first {@code count} of which are looked at
   * @param count in [1, 64]
   */
  long below(float[] values, int count, float threshold);

  /** Permutes and scales: {@code out[outOffset + i] = in[inOffset + source[i]] × factor[i]}. */
  void gather(
      float[] in,
      int inOffset,
      int[] source,
      float[] factor,
      float[] out,
      int outOffset,
      int length);

  /** Vectors of a tile: component d of vector j is at {@code d × TILE + j}. */
  int TILE = 16;

  /**
   * {@link #gather} of {@code length} components from {@code from} on, then {@link #hadamard} of
   * them, for all vectors of a tile.
   *
   * @param in [components × TILE]
   * @param source component of {@code in} that becomes component i
   * @param factor what component i is multiplied by
   * @param out [components × TILE], not {@code in}
   * @param length a power of two, at least 32; {@code from} is a multiple of 32
   */
  void gatherHadamard(float[] in, int[] source, float[] factor, float[] out, int from, int length);

  /**
   * Signs of the vectors r of a tile, with their sums over dimensions in double precision: those of
   * even and of odd components each in ascending order, then both together.
   *
   * @param residuals [dim × TILE] the vectors r; −0 counts as positive
   * @param offsets [dim × TILE] a vector z for each
   * @param dim a multiple of 32
   * @param words [dim / 32 × TILE] receives bit i of word w of vector j at {@code w × TILE + j}: 1
   *     where component 32 w + i is positive
   * @param sums [3 × TILE] receives ‖r‖², ⟨r, sign(r)⟩ and ⟨z, sign(r)⟩, TILE of each
   */
  void signs(float[] residuals, float[] offsets, int dim, int[] words, double[] sums);

  /** Returns the largest {@code |values[i]|} of the first {@code length}; 0 if there are none. */
  default float maxAbs(float[] values, int length) {
    return maxAbs(values, 0, length);
  }

  /** Like {@link #maxAbs(float[], int)} for those from {@code offset} on. */
  float maxAbs(float[] values, int offset, int length);

  /**
   * Returns the energy that clipping cuts off: {@code Σ max(|values[i]| − limit, 0)²} over the
   * first {@code length}.
   */
  float excess(float[] values, int length, float limit);

  /**
   * Quantizes to 4-bit integers: {@code digits[i] = rint(values[i] × inverse)} clamped to [−8, 7].
   *
   * @param length a multiple of 32
   * @param inverse one over the step, finite
   * @param digits [length], overwritten
   * @return the sum of the integers
   */
  int digits(float[] values, int length, float inverse, int[] digits);
}

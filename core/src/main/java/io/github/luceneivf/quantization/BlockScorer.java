// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.quantization;

import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.kernel.VectorKernel;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Approximate distances of one query to the vectors of blocks. Not thread-safe; one per search. */
// BIT1: the query is quantized once about the mean, so its quantization error grows with ‖q − μ‖,
// while the error of the 1-bit codes grows with ‖q − c‖. With 4-bit queries the first is about a
// quarter of the second times ‖q − μ‖/‖q − c‖. In lists much nearer to the query than the mean is
// (tight clusters far apart) it would dominate; there the query gets 8 or 12 bits, at two or three
// times the cost of the bit kernel. Inner products need no such care: differences of ⟨q, x⟩ within
// a list grow with ‖q‖ as well.
public final class BlockScorer {

  /** Squared ratio ‖q − μ‖/‖q − c‖ up to which one digit (4 bits) is fine for 1-bit codes. */
  private static final double ONE_DIGIT = 16;

  /** The same for 2-bit codes, whose error is half as large, and for 4-bit codes with bytes. */
  private static final double ONE_DIGIT_FINE = 4;

  /** A digit more makes the step 16 times finer. */
  private static final double FINER = 256;

  private final VectorKernel kernel = Kernels.get();
  private final CodeBlock layout;
  private final QueryCode query;
  private final int padded;
  private final Offsets full;
  private final Offsets tail;
  private final int tailBytes;
  private final int[] bitDots = new int[CodeBlock.WIDTH];
  private final int[] digitDots = new int[CodeBlock.WIDTH];
  private final float[] floatDots = new float[CodeBlock.WIDTH];

  /** Where codes and terms begin in a block of one width. */
  private record Offsets(int codes, int terms) {

    static Offsets of(CodeBlock layout, int width) {
      return new Offsets(layout.codesOffset(width), layout.termsOffset(width));
    }
  }

  /** Creates a scorer of blocks of one layout for one query. */
  public BlockScorer(CodeBlock layout, QueryCode query) {
    this.layout = Objects.requireNonNull(layout, "layout");
    this.query = Objects.requireNonNull(query, "query");
    if (layout.dim() != query.mapped().length) {
      throw new IllegalArgumentException(
          "query must have dimension " + layout.dim() + ", got: " + query.mapped().length);
    }
    this.padded = Rotation.paddedDim(layout.dim());
    this.full = Offsets.of(layout, CodeBlock.WIDTH);
    this.tailBytes = layout.blockBytes(CodeBlock.TAIL_WIDTH);
    this.tail = Offsets.of(layout, CodeBlock.TAIL_WIDTH);
  }

  /**
   * Scores a block.
   *
   * @param list memory that holds the list
   * @param blockOffset where in it the block begins, in bytes
   * @param width 16 or 64
   * @param base distance of the query to the list's centroid: {@code ‖q − c‖²}, or {@code −⟨q, c⟩}
   *     for inner products, in the codebook's space
   * @param out receives {@code width} distances from {@code outOffset}: smaller is nearer; lanes of
   *     padding hold anything
   */
  public void score(
      MemorySegment list, long blockOffset, int width, float base, float[] out, int outOffset) {
    Offsets offsets = width == CodeBlock.WIDTH ? full : tail;
    long codes = blockOffset + offsets.codes;
    long terms = blockOffset + offsets.terms;
    switch (layout.encoding()) {
      case Encoding.Float32 _ -> scoreFloats(list, codes, width, out, outOffset);
      case Encoding.Int8 _ -> {
        kernel.byteDots(list, codes, width, padded, query.rotated(), floatDots);
        kernel.affine(list, terms, width, floatDots, base, out, outOffset);
      }
      case Encoding.Bit1 _ -> {
        BitTables tables = query.bitTables(digits(base, ONE_DIGIT));
        dotBits(list, codes, width, tables);
        float delta = tables.delta();
        float shift = -0.5f * delta * tables.sum();
        kernel.affine(list, terms, width, bitDots, delta, shift, base, out, outOffset);
      }
      case Encoding.Bit2 _ -> {
        BitTables tables = query.bitTables(digits(base, ONE_DIGIT_FINE));
        dotBits(list, codes, width, tables);
        addBits(list, codes + (long) width * padded / Byte.SIZE, width, tables, 0, 1);
        float delta = tables.delta();
        float shift = -1.5f * delta * tables.sum();
        kernel.affine(list, terms, width, bitDots, delta, shift, base, out, outOffset);
      }
      case Encoding.Int4 _ -> {
        QueryTables tables = query.gridTables(bytes(base));
        lookUp(list, codes, width, tables);
        float delta = tables.delta();
        kernel.affine(list, terms, width, bitDots, delta, tables.shift(), base, out, outOffset);
      }
      case Encoding.Pq4 _ -> {
        QueryTables tables = query.subTables(layout.encoding(), bytes(base));
        lookUp(list, codes, width, tables);
        float delta = tables.delta();
        kernel.affine(list, terms, width, bitDots, delta, tables.shift(), base, out, outOffset);
      }
      case Encoding.Pq8 _ -> {
        float[] products = query.products(layout.encoding());
        int bytes = layout.encoding().codeBytes(layout.dim());
        kernel.byteLookups(list, codes, width, bytes, products, floatDots);
        kernel.affine(list, terms, width, floatDots, base, out, outOffset);
      }
    }
  }

  /**
   * Scores the tail of a list.
   *
   * @param tailOffset where in the list's memory its first block of 16 begins, in bytes
   * @param blocks blocks of 16
   * @param out receives 16 distances a block, as {@link #score} gives them, from {@code outOffset}
   */
  public void scoreTail(
      MemorySegment list, long tailOffset, int blocks, float base, float[] out, int outOffset) {
    for (int i = 0; i < blocks; i++) {
      long block = tailOffset + (long) i * tailBytes;
      score(list, block, CodeBlock.TAIL_WIDTH, base, out, outOffset + i * CodeBlock.TAIL_WIDTH);
    }
  }

  private void scoreFloats(MemorySegment list, long codes, int width, float[] out, int outOffset) {
    int dim = layout.dim();
    if (query.metric() != Metric.INNER_PRODUCT) {
      kernel.floatSquaredDistances(list, codes, width, dim, query.mapped(), floatDots);
      System.arraycopy(floatDots, 0, out, outOffset, width);
      return;
    }
    kernel.floatDots(list, codes, width, dim, query.mapped(), floatDots);
    for (int i = 0; i < width; i++) {
      out[outOffset + i] = -floatDots[i];
    }
  }

  /** Digits of the query for a list at {@code base}: see the top of this class. */
  private int digits(float base, double oneDigit) {
    if (query.metric() == Metric.INNER_PRODUCT || query.energy() <= oneDigit * base) {
      return 1;
    }
    return query.energy() <= FINER * oneDigit * base ? 2 : BitTables.MAX_DIGITS;
  }

  /** Bytes of the query's table entries for a list at {@code base}. */
  private int bytes(float base) {
    return Math.min(digits(base, ONE_DIGIT_FINE), QueryTables.MAX_DIGITS);
  }

  private void dotBits(MemorySegment list, long codes, int width, BitTables tables) {
    kernel.bitDots(list, codes, width, padded / Byte.SIZE, tables.tables()[0], bitDots);
    addBits(list, codes, width, tables, 1, 0);
  }

  /** Adds the dot products of bits with digits from {@code first} on, shifted left. */
  private void addBits(
      MemorySegment list, long codes, int width, BitTables tables, int first, int shift) {
    for (int k = first; k < tables.tables().length; k++) {
      kernel.bitDots(list, codes, width, padded / Byte.SIZE, tables.tables()[k], digitDots);
      for (int i = 0; i < width; i++) {
        bitDots[i] += digitDots[i] << (4 * k + shift);
      }
    }
  }

  private void lookUp(MemorySegment list, long codes, int width, QueryTables tables) {
    int units = layout.encoding().codeBytes(layout.dim());
    byte[][] luts = tables.luts();
    kernel.lookups(list, codes, width, units, luts[0], bitDots);
    for (int k = 1; k < luts.length; k++) {
      kernel.lookups(list, codes, width, units, luts[k], digitDots);
      for (int i = 0; i < width; i++) {
        bitDots[i] += digitDots[i] << (Byte.SIZE * k);
      }
    }
  }
}

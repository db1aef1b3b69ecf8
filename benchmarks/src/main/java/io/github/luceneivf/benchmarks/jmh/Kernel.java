// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.jmh;

import io.github.luceneivf.quantization.Encoding;

/**
 * The kernels that are measured.
 *
 * <p>What a row of the table needs to know of them: how much memory one vector takes.
 */
enum Kernel {
  /** Plain read of the memory: 64 bytes are a vector. */
  READ("memory read", "read"),
  /** 1-bit codes against 4-bit queries. */
  BIT_DOTS("1-bit scan (bitDots)", "bitDots"),
  /** Correction of sums by two terms for each vector. */
  AFFINE("corrections (affine)", "affine"),
  /** 4-bit codes of sub-spaces of 4 dimensions. */
  PQ_LOOKUPS("PQ 4-bit, dim/4 (lookups)", "pqLookups"),
  /** 4-bit codes of every dimension. */
  INT4_LOOKUPS("4-bit scan (lookups)", "int4Lookups"),
  /** Signed bytes against float queries. */
  BYTE_DOTS("8-bit scan (byteDots)", "byteDots"),
  /** Floats in blocks. */
  FLOAT_DOTS("float scan (floatDots)", "floatDots"),
  /** Floats in blocks, distances. */
  FLOAT_DISTANCES("float scan (floatSquaredDistances)", "floatDistances"),
  /** Rows in random order, as in reranking. */
  DOT_ROWS("rerank, random rows (dotRows)", "dotRows"),
  /** The same with distances. */
  DISTANCE_ROWS("rerank, random rows (squaredDistanceRows)", "distanceRows");

  private final String title;
  private final String method;

  Kernel(String title, String method) {
    this.title = title;
    this.method = method;
  }

  String title() {
    return title;
  }

  /** Returns the kernel of a benchmark method. */
  static Kernel ofMethod(String method) {
    for (Kernel kernel : values()) {
      if (kernel.method.equals(method)) {
        return kernel;
      }
    }
    throw new IllegalArgumentException("method must be that of a kernel, got: " + method);
  }

  /** Returns the bytes that one vector takes. */
  int codeBytes(int dim) {
    return switch (this) {
      case READ -> Codes.WIDTH;
      case BIT_DOTS -> Encoding.BIT1.codeBytes(dim);
      case AFFINE -> 2 * Float.BYTES;
      case PQ_LOOKUPS -> dim / 8;
      case INT4_LOOKUPS -> dim / 2;
      case BYTE_DOTS -> dim;
      case FLOAT_DOTS, FLOAT_DISTANCES, DOT_ROWS, DISTANCE_ROWS -> dim * Float.BYTES;
    };
  }
}

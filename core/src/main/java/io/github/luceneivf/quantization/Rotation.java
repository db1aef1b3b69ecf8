// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.quantization;

import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.kernel.VectorKernel;
import java.util.Arrays;

/**
 * Seeded pseudo-random rotation: three rounds of permutation, signs and block Walsh-Hadamard
 * transform. Immutable, thread-safe.
 */
// The padded dimension D is cut into blocks, the powers of two of its binary representation (800 =
// 512 + 256 + 32; never below 32). A round gathers by a random permutation of all D components,
// multiplies by random signs and by 1/√block, and transforms each block; permutations carry energy
// across blocks of unequal size. Each step is orthonormal, so norms and inner products survive up
// to rounding. Three rounds were measured to give the recall of a full random rotation at a fifth
// of its cost (Andoni et al.: Practical and Optimal LSH for Angular Distance, 2015, section 5.1,
// use the same HD₃HD₂HD₁ in place of a random rotation).
public final class Rotation {

  private static final int ROUNDS = 3;

  private final VectorKernel kernel = Kernels.get();
  private final int dim;
  private final int padded;
  private final int[][] sources;
  private final float[][] factors;

  /** Creates the rotation of a seed for vectors of {@code dim} dimensions, before padding. */
  public Rotation(long seed, int dim) {
    if (dim < 1) {
      throw new IllegalArgumentException("dim must be at least 1, got: " + dim);
    }
    this.dim = dim;
    this.padded = paddedDim(dim);
    this.sources = new int[ROUNDS][];
    this.factors = new float[ROUNDS][];
    SplitMix64 random = new SplitMix64(seed);
    for (int round = 0; round < ROUNDS; round++) {
      sources[round] = permutation(random, padded);
      factors[round] = factors(random, padded);
    }
  }

  private static int[] permutation(SplitMix64 random, int size) {
    int[] permutation = new int[size];
    for (int i = 0; i < size; i++) {
      int j = random.below(i + 1);
      permutation[i] = permutation[j];
      permutation[j] = i;
    }
    return permutation;
  }

  /** Random signs, times what makes the transform of each block orthonormal. */
  private static float[] factors(SplitMix64 random, int size) {
    float[] factors = new float[size];
    for (int from = 0; from < size; ) {
      int block = Integer.highestOneBit(size - from);
      float scale = (float) (1 / Math.sqrt(block));
      for (int i = from; i < from + block; i++) {
        factors[i] = random.next() < 0 ? -scale : scale;
      }
      from += block;
    }
    return factors;
  }

  /** Returns {@code dim} rounded up to a multiple of 32, the dimension of rotated vectors. */
  public static int paddedDim(int dim) {
    return (dim + 31) & ~31;
  }

  /** Returns the memory that a rotation of {@code dim} dimensions takes, in bytes. */
  public static long memoryBytes(int dim) {
    return (long) ROUNDS * (Integer.BYTES + Float.BYTES) * paddedDim(dim);
  }

  /** Returns the dimension of vectors, before padding. */
  public int dim() {
    return dim;
  }

  /**
   * Rotates one vector.
   *
   * @param in [dim] from {@code inOffset}
   * @param out [paddedDim] from {@code outOffset}
   * @param scratch [paddedDim], overwritten
   */
  public void rotate(float[] in, int inOffset, float[] out, int outOffset, float[] scratch) {
    System.arraycopy(in, inOffset, scratch, 0, dim);
    Arrays.fill(scratch, dim, padded, 0);
    rotatePadded(scratch, out, outOffset);
  }

  /**
   * Rotates one vector that is padded already.
   *
   * @param in [paddedDim], zeros beyond the dimension; overwritten
   * @param out [paddedDim] from {@code outOffset}
   */
  void rotatePadded(float[] in, float[] out, int outOffset) {
    gather(in, 0, out, outOffset, 0);
    transform(out, outOffset);
    gather(out, outOffset, in, 0, 1);
    transform(in, 0);
    gather(in, 0, out, outOffset, 2);
    transform(out, outOffset);
  }

  /**
   * Rotates the vectors of a tile, each to the same bits as alone.
   *
   * @param in [paddedDim × {@link VectorKernel#TILE}], zeros beyond the dimension; overwritten
   * @param out [paddedDim × TILE]
   */
  void rotateTile(float[] in, float[] out) {
    transformTile(in, out, 0);
    transformTile(out, in, 1);
    transformTile(in, out, 2);
  }

  private void transformTile(float[] in, float[] out, int round) {
    for (int from = 0; from < padded; ) {
      int block = Integer.highestOneBit(padded - from);
      kernel.gatherHadamard(in, sources[round], factors[round], out, from, block);
      from += block;
    }
  }

  private void gather(float[] in, int inOffset, float[] out, int outOffset, int round) {
    kernel.gather(in, inOffset, sources[round], factors[round], out, outOffset, padded);
  }

  private void transform(float[] x, int offset) {
    for (int from = 0; from < padded; ) {
      int block = Integer.highestOneBit(padded - from);
      kernel.hadamard(x, offset + from, block);
      from += block;
    }
  }
}

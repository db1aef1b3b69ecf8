package io.github.luceneivf.quantization;

/**
 * Seeded pseudo-random rotation: three rounds of permutation, signs and block Walsh-Hadamard
 * transform. Immutable, thread-safe.
 */
public final class Rotation {

  /** Creates the rotation of a seed for vectors of {@code dim} dimensions, before padding. */
  public Rotation(long seed, int dim) {
    throw new UnsupportedOperationException();
  }

  /** Returns {@code dim} rounded up to a multiple of 32, the dimension of rotated vectors. */
  public static int paddedDim(int dim) {
    return (dim + 31) & ~31;
  }

  /**
   * Rotates one vector.
   *
   * @param in [dim] from {@code inOffset}
   * @param out [paddedDim] from {@code outOffset}
   * @param scratch [paddedDim], overwritten
   */
  public void rotate(float[] in, int inOffset, float[] out, int outOffset, float[] scratch) {
    throw new UnsupportedOperationException();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.quantization;

/**
 * The SplitMix64 generator (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators,
 * OOPSLA 2014, figure 16), written out here because rotations are part of the file format and must
 * not change with the Java version. Not thread-safe.
 */
final class SplitMix64 {

  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private long state;

  SplitMix64(long seed) {
    this.state = seed;
  }

  /** Returns the next 64 bits. */
  long next() {
    state += GOLDEN_GAMMA;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** Returns an integer in {@code [0, bound)}: the upper half of 32 random bits × bound. */
  int below(int bound) {
    return (int) (((next() >>> 32) * bound) >>> 32);
  }
}

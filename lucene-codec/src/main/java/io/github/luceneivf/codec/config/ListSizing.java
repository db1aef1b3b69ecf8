// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.config;

/** How many posting lists a number of vectors gets. Immutable. */
public sealed interface ListSizing {

  /** The default: 1.5·√n lists, at least 64 vectors in each on average. */
  ListSizing SQUARE_ROOT = new SquareRoot();

  /** Returns a sizing that always asks for {@code nlist} lists. */
  static ListSizing fixed(int nlist) {
    return new Fixed(nlist);
  }

  /** Returns the lists for {@code vectors} vectors, at least 1. */
  int nlist(long vectors);

  /**
   * 1.5·√n lists, rounded up to a multiple of 64, but no more than n / 64, so that k-means has
   * points enough. With 1-bit codes the speed at equal recall is flat around this value, while the
   * vectors scanned fall with the square root of the number of lists.
   */
  record SquareRoot() implements ListSizing {
    @Override
    public int nlist(long vectors) {
      long wanted = (long) Math.ceil(1.5 * Math.sqrt((double) vectors));
      return (int) Math.clamp(Math.min((wanted + 63) / 64 * 64, vectors / 64), 1, 1 << 16);
    }
  }

  /**
   * Always the same number of lists.
   *
   * @param nlist lists, in [1, 65536]
   */
  record Fixed(int nlist) implements ListSizing {
    /** Validates the component. */
    public Fixed {
      if (nlist < 1 || nlist > 1 << 16) {
        throw new IllegalArgumentException("nlist must be in [1, 65536], got: " + nlist);
      }
    }

    @Override
    public int nlist(long vectors) {
      return nlist;
    }
  }
}

package io.github.luceneivf.codec.config;

/** How many posting lists a number of vectors gets. Immutable. */
public sealed interface ListSizing {

  /** The default: 1.5·√n lists, at least 128 vectors in each. */
  ListSizing SQUARE_ROOT = new SquareRoot();

  /** Returns a sizing that always asks for {@code nlist} lists. */
  static ListSizing fixed(int nlist) {
    return new Fixed(nlist);
  }

  /** Returns the lists for {@code vectors} vectors, at least 1. */
  int nlist(long vectors);

  /**
   * 1.5·√n lists, but no list under 128 vectors, in multiples of 64 (of 8 below 64). With 1-bit
   * codes the speed at equal recall is flat around this value, and k-means needs 128 points per
   * centroid.
   */
  record SquareRoot() implements ListSizing {
    @Override
    public int nlist(long vectors) {
      long wanted = Math.min((long) (1.5 * Math.sqrt((double) vectors)), vectors / 128);
      long multiple = wanted >= 64 ? 64 : 8;
      return (int) Math.clamp((wanted + multiple / 2) / multiple * multiple, 1, 1 << 16);
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

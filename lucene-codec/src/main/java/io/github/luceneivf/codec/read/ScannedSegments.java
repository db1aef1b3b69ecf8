// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import java.util.Arrays;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/**
 * The segments that posting lists are of: one, or several whose ordinals follow one another. Not
 * thread-safe; one per search.
 */
final class ScannedSegments {

  private final int firstIndex;
  private final int[] starts;
  private final @Nullable Bits acceptOrds;

  /**
   * Takes segments.
   *
   * @param leaves at least one, in the order of their ordinals, shared
   * @param firstIndex number of the first among the segments of the search; the others follow
   */
  ScannedSegments(SearchedLeaf[] leaves, int firstIndex) {
    this.firstIndex = firstIndex;
    this.starts = new int[leaves.length + 1];
    boolean restricted = false;
    for (int i = 0; i < leaves.length; i++) {
      starts[i + 1] = Math.addExact(starts[i], leaves[i].vectors());
      restricted |= leaves[i].acceptOrds() != null;
    }
    if (!restricted) {
      this.acceptOrds = null;
    } else if (leaves.length == 1) {
      this.acceptOrds = leaves[0].acceptOrds();
    } else {
      this.acceptOrds = new Accepted(leaves, this);
    }
  }

  /** Returns the vectors of all segments. */
  int vectors() {
    return starts[starts.length - 1];
  }

  /** Returns the accepted ordinals; null if all are. */
  @Nullable Bits acceptOrds() {
    return acceptOrds;
  }

  /** Returns the number of the segment an ordinal is in, shifted left by 32, plus its own there. */
  long find(int ord) {
    int segment = segmentOf(ord);
    return (long) (firstIndex + segment) << 32 | (ord - starts[segment]);
  }

  private int segmentOf(int ord) {
    if (starts.length == 2) {
      return 0;
    }
    // Segments have vectors, so starts differ.
    int at = Arrays.binarySearch(starts, ord);
    return at >= 0 ? at : -at - 2;
  }

  /** What is accepted in several segments. */
  private record Accepted(SearchedLeaf[] leaves, ScannedSegments segments) implements Bits {
    @Override
    public boolean get(int ord) {
      int segment = segments.segmentOf(ord);
      Bits bits = leaves[segment].acceptOrds();
      return bits == null || bits.get(ord - segments.starts[segment]);
    }

    @Override
    public int length() {
      return segments.vectors();
    }
  }
}

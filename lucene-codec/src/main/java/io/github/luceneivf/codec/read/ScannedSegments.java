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

  private static final int STRETCH_BITS = 8;

  private static final byte[] NONE = new byte[0];

  private final int firstIndex;
  private final int[] starts;

  /** Segment of the first of every so many ordinals. */
  private final byte[] segments;

  private final int shift;
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
    this.shift = Math.max(0, 32 - STRETCH_BITS - Integer.numberOfLeadingZeros(vectors()));
    this.segments = leaves.length > 1 && leaves.length <= Byte.MAX_VALUE ? segments() : NONE;
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

  private byte[] segments() {
    byte[] first = new byte[(vectors() >>> shift) + 1];
    int segment = 0;
    for (int stretch = 0; stretch < first.length; stretch++) {
      while (segment < starts.length - 2 && stretch << shift >= starts[segment + 1]) {
        segment++;
      }
      first[stretch] = (byte) segment;
    }
    return first;
  }

  private int segmentOf(int ord) {
    if (starts.length == 2) {
      return 0;
    }
    if (segments.length > 0) {
      int segment = segments[ord >>> shift];
      while (ord >= starts[segment + 1]) {
        segment++;
      }
      return segment;
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

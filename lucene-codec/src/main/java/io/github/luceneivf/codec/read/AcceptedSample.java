// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.lucene.util.BitSet;
import org.apache.lucene.util.Bits;

/**
 * A sample of the accepted vectors of segments of one codebook, by the lists they are in: where in
 * space the matches of a filter lie, before any list is scanned. Every accepted vector is in it
 * with the same probability, and which ones does not depend on the query. Not thread-safe; one per
 * search.
 *
 * <p>The ordinals of all segments, one after another, are cut into as many equal stretches as
 * vectors are wanted. In each a random window is looked at, as wide as it takes to meet one
 * accepted vector on average; {@code .ivo} says which list it is in. So neighbours in the order of
 * documents, which are often alike, do not crowd the sample.
 */
final class AcceptedSample {

  private static final long SEED = 42;

  /**
   * Ordinals looked at one by one, at most, where what is accepted is no bit set: about 0.1 ms.
   * Where fewer are accepted than one of a hundred, the sample is smaller.
   */
  private static final long MOST_LOOKS = 1 << 16;

  private final List<SearchedLeaf> leaves;
  private long vectors;
  private int[] lists;
  private int size;
  private double weight = 1;

  private AcceptedSample(List<SearchedLeaf> leaves, int wanted) {
    this.leaves = leaves;
    this.lists = new int[2 * wanted];
  }

  /**
   * Takes a sample.
   *
   * @param leaves segments that have lists of one codebook, shared
   * @param wanted about how many vectors, at least 1: half as many to twice as many where there are
   *     so many; where no more are accepted, all of them
   */
  static AcceptedSample of(List<SearchedLeaf> leaves, int wanted) throws IOException {
    AcceptedSample sample = new AcceptedSample(leaves, wanted);
    sample.take(wanted);
    return sample;
  }

  /** Returns the vectors in the sample. */
  int size() {
    return size;
  }

  /** Returns the list that a vector of the sample is in. */
  int list(int i) {
    return lists[i];
  }

  /** Returns how many accepted vectors each of the sample stands for, at least 1. */
  double weight() {
    return weight;
  }

  /**
   * Returns how many accepted vectors are in each list, an estimate.
   *
   * @param nlist lists of the codebook
   */
  double[] perList(int nlist) {
    double[] accepted = new double[nlist];
    for (int i = 0; i < size; i++) {
      accepted[lists[i]] += weight;
    }
    return accepted;
  }

  private void take(int wanted) throws IOException {
    long matches = 0;
    boolean words = true;
    for (SearchedLeaf leaf : leaves) {
      vectors += leaf.vectors();
      matches += leaf.matches();
      words &= leaf.acceptOrds() == null || leaf.acceptOrds() instanceof BitSet;
    }
    if (matches == 0) {
      return;
    }
    long stretch = Math.max(1, vectors / wanted);
    long widest = words ? stretch : Math.clamp(MOST_LOOKS * stretch / vectors, 1, stretch);
    long width = Math.min(widest, matches <= wanted ? stretch : (vectors - 1) / matches + 1);
    take(stretch, width);
    // Only bit sets know how much they accept; others say all.
    if (size < wanted / 2 && width < widest) {
      width = Math.min(widest, width * wanted / Math.max(size, 1));
      size = 0;
      take(stretch, width);
    }
  }

  private void take(long stretch, long width) throws IOException {
    weight = (double) stretch / width;
    SplittableRandom random = new SplittableRandom(SEED);
    Window window = new Window();
    for (long start = 0; start < vectors; start += stretch) {
      long from = start + (width == stretch ? 0 : random.nextLong(stretch));
      long end = Math.min(start + stretch, vectors);
      // A window goes on at the beginning of its stretch, so that no ordinal is seldom looked at.
      long beyond = from + width - (start + stretch);
      if (beyond > 0) {
        window.take(start, Math.min(start + beyond, end));
      }
      window.take(from, Math.min(from + width, end));
    }
  }

  private void add(int list) {
    if (size == lists.length) {
      lists = Arrays.copyOf(lists, 2 * size);
    }
    lists[size++] = list;
  }

  /** What is looked at, over the borders of segments. */
  private final class Window {
    private int leaf = -1;
    private long first;
    private long end;

    /** Takes what is accepted of [from, to), which does not lie before what was taken last. */
    void take(long from, long to) throws IOException {
      for (long at = from; at < to; ) {
        while (at >= end) {
          leaf++;
          first = end;
          end += leaves.get(leaf).vectors();
        }
        long until = Math.min(to, end);
        take(leaves.get(leaf), (int) (at - first), (int) (until - first));
        at = until;
      }
    }

    private void take(SearchedLeaf segment, int from, int to) throws IOException {
      Bits accepted = segment.acceptOrds();
      if (accepted instanceof BitSet set) {
        int ord = set.nextSetBit(from, to);
        while (ord < to) {
          add(segment.list(ord));
          ord = ord + 1 < to ? set.nextSetBit(ord + 1, to) : to;
        }
      } else {
        for (int ord = from; ord < to; ord++) {
          if (accepted == null || accepted.get(ord)) {
            add(segment.list(ord));
          }
        }
      }
    }
  }
}

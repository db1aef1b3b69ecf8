// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/**
 * Finds the vectors of some candidates of a scan, and scores them exactly: segment by segment, and
 * in each list by list and by ordinals, which is the order on disk. Not thread-safe; one per
 * search.
 */
final class ExactScores {

  private final CandidateScan scan;
  private final VectorSet seen = new VectorSet();
  private long[] bySlot = new long[0];
  private int[] slots = new int[0];
  private long[] found = new long[0];
  private long[] vectors = new long[0];
  private int[] slotsOf = new int[0];
  private float[] approximate = new float[0];
  private int[] ords = new int[0];
  private float[] scores = new float[0];
  private float[] ofSegment = new float[0];
  private final int[] ends;
  private int size;

  /** Creates one for what a scan finds. */
  ExactScores(CandidateScan scan) {
    this.scan = scan;
    this.ends = new int[scan.leaves().size() + 1];
  }

  /**
   * Finds the vectors of candidates [from, to).
   *
   * @return how many there are
   */
  int find(int from, int to) throws IOException {
    makeRoom(to - from);
    CandidateQueue candidates = scan.candidates();
    size = to - from;
    for (int i = 0; i < size; i++) {
      long bits = Float.floatToRawIntBits(candidates.distanceOf(from + i)) & 0xffff_ffffL;
      bySlot[i] = (long) candidates.slot(from + i) << 32 | bits;
    }
    Arrays.sort(bySlot, 0, size);
    for (int i = 0; i < size; i++) {
      slots[i] = (int) (bySlot[i] >> 32);
    }
    scan.find(slots, size, found);
    orderBySegments();
    return size;
  }

  /**
   * Finds those of the vectors of candidates [from, to) that this was not asked for before: a
   * vector may be in two lists, and a candidate again after another scan.
   *
   * @return how many there are
   */
  int findNew(int from, int to) throws IOException {
    find(from, to);
    int left = 0;
    for (int i = 0; i < size; i++) {
      if (seen.add(found[i])) {
        found[left] = found[i];
        slots[left] = slots[i];
        bySlot[left++] = bySlot[i];
      }
    }
    if (left < size) {
      size = left;
      orderBySegments();
    }
    return size;
  }

  private void makeRoom(int count) {
    if (slots.length < count) {
      int room = ArrayUtil.oversize(count, Long.BYTES);
      bySlot = new long[room];
      slots = new int[room];
      found = new long[room];
      vectors = new long[room];
      slotsOf = new int[room];
      approximate = new float[room];
      ords = new int[room];
      scores = new float[room];
      ofSegment = new float[room];
    }
  }

  /** Orders vectors by their segments, and as they are within one. */
  private void orderBySegments() {
    Arrays.fill(ends, 0);
    for (int i = 0; i < size; i++) {
      ends[segment(found[i]) + 1]++;
    }
    for (int segment = 1; segment < ends.length; segment++) {
      ends[segment] += ends[segment - 1];
    }
    for (int i = 0; i < size; i++) {
      int at = ends[segment(found[i])]++;
      vectors[at] = found[i];
      slotsOf[at] = slots[i];
      approximate[at] = Float.intBitsToFloat((int) bySlot[i]);
    }
  }

  private static int segment(long vector) {
    return (int) (vector >> 32);
  }

  /** Scores the vectors found. */
  void score() throws IOException {
    List<SearchedLeaf> leaves = scan.leaves();
    for (int from = 0; from < size; ) {
      int segment = segment(vectors[from]);
      int to = ends[segment];
      int count = to - from;
      for (int i = 0; i < count; i++) {
        ords[i] = ord(from + i);
      }
      RandomVectorScorer scorer = leaves.get(segment).scorer();
      if (scorer instanceof RandomVectorScorer.AbstractRandomVectorScorer rows) {
        rows.values().prefetch(ords, count);
      }
      scorer.bulkScore(ords, ofSegment, count);
      System.arraycopy(ofSegment, 0, scores, from, count);
      from = to;
    }
  }

  /** Returns the segment of vector {@code i} of those found. */
  SearchedLeaf leaf(int i) {
    return scan.leaves().get(segment(vectors[i]));
  }

  /** Returns the ordinal of vector {@code i} of those found in its segment. */
  int ord(int i) {
    return (int) vectors[i];
  }

  /** Returns the document of the index that vector {@code i} of those found belongs to. */
  int doc(int i) {
    return leaf(i).doc(ord(i));
  }

  /** Returns the slot of vector {@code i} of those found. */
  int slot(int i) {
    return slotsOf[i];
  }

  /** Returns the approximate distance of vector {@code i} of those found. */
  float approximate(int i) {
    return approximate[i];
  }

  /** Returns the exact score of vector {@code i}, after {@link #score}. */
  float score(int i) {
    return scores[i];
  }
}

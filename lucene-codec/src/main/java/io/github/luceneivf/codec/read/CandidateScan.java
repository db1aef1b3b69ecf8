// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.kernel.VectorKernel;
import io.github.luceneivf.quantization.CodeBlock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.ArrayUtil;

/**
 * The scan of one search: which lists it has seen, over all segments, and the nearest of their
 * vectors. Vectors are numbered in the order of scanning, by <i>slots</i>: an ordinal is read only
 * for candidates that are kept. Not thread-safe; one per search.
 */
// Distances of the tails of lists, which are short blocks, are gathered until there are enough to
// compare with the threshold at once. Where an index has many segments, most blocks are tails, and
// a branch that depends on the distances of each would keep the next block from being loaded ahead.
final class CandidateScan {

  /** Of so many vectors one is sampled. */
  private static final int SAMPLED = 8;

  /** Of two to the power of so many blocks without an accepted vector one is scored. */
  private static final int REFUSED_BITS = 2;

  /** Standard deviations that a count in the sample is taken to be too large by. */
  private static final double DOUBT = 1;

  /** Candidates kept for each one that is reranked at first. */
  private static final int SPARE = 2;

  /** How many times as many are kept where hardly any vector is accepted. */
  private static final double MOST_SPARE = 8;

  private final KnnCollector collector;
  private final boolean visitsAreMatches;
  private final int most;
  private final int entries;
  private final double vectorsPerEntry;
  private final List<SearchedLeaf> leaves = new ArrayList<>();
  private int keep = 1;
  private CandidateQueue candidates;

  /** Distances of one in {@value #SAMPLED} vectors, accepted or not. */
  private float[] sample = new float[0];

  private int sampleSize;
  private int refusedBlocks;

  private ListScanner[] scanners = new ListScanner[32];
  private int[] lists = new int[32];
  private float[] bases = new float[32];
  private int[] firstSlots = new int[33];
  private int size;
  private long vectors;
  private double accepted;
  private long visits;
  private long told;
  private float wantedWithin = Float.NaN;
  private long refused;
  private boolean repeated;

  private final VectorKernel kernel = Kernels.get();
  private final float[] tails = new float[CodeBlock.WIDTH];
  private int tailLanes;
  private long validTailLanes;
  private int firstTailSlot;

  /**
   * Prepares a scan.
   *
   * @param collector told of visits; may end the scan
   * @param most vectors in all segments
   * @param entries of their lists: one of each vector, and a second one of some
   */
  CandidateScan(KnnCollector collector, int most, int entries) {
    this.collector = collector;
    // With a limit that can be reached, visits are accepted vectors, each looked up; otherwise all
    // vectors of the lists are, and the accepted ones are estimated.
    this.visitsAreMatches = collector.visitLimit() <= most;
    this.most = most;
    this.entries = entries;
    this.vectorsPerEntry = (double) most / Math.max(1, entries);
    this.candidates = new CandidateQueue(1, 1);
  }

  /**
   * Makes room for candidates, before anything is scanned.
   *
   * @param depth candidates to rerank at first
   * @param matches vectors that are accepted: the fewer, the more candidates may be reranked in the
   *     end, and the less it costs to keep them
   */
  void start(int depth, long matches) {
    double spare = SPARE * Math.clamp((double) most / Math.max(1, matches), 1, MOST_SPARE);
    keep = (int) Math.min(spare * depth, entries);
    candidates = new CandidateQueue(keep, entries);
  }

  /** Makes room for all candidates within a distance instead: {@link #keepWithin}. */
  void startGrowing() {
    keep = entries;
    candidates = CandidateQueue.growing(entries);
  }

  /**
   * Numbers segments to be scanned.
   *
   * @return the number of the first; the others follow
   */
  int add(List<SearchedLeaf> more) {
    leaves.addAll(more);
    return leaves.size() - more.size();
  }

  /** Returns the segments, in the order of their numbers, shared. */
  List<SearchedLeaf> leaves() {
    return leaves;
  }

  /** Returns the vectors in all segments. */
  int most() {
    return most;
  }

  /** Returns the entries of the lists of all segments. */
  int entries() {
    return entries;
  }

  /** Returns whether some vectors are in two lists. */
  boolean hasCopies() {
    return entries > most;
  }

  /** Returns the candidates so far, until the next {@link #rescan}. */
  CandidateQueue candidates() {
    return candidates;
  }

  /** Returns the entries of the lists scanned so far. */
  long vectors() {
    return vectors;
  }

  /** Scans a list of a segment for the first time; {@link #flush} has to follow. */
  void scan(ListScanner scanner, int list, float base) throws IOException {
    int count = scanner.size(list);
    if (count == 0) {
      return;
    }
    if (size == lists.length) {
      scanners = Arrays.copyOf(scanners, 2 * size);
      lists = Arrays.copyOf(lists, 2 * size);
      bases = Arrays.copyOf(bases, 2 * size);
      firstSlots = Arrays.copyOf(firstSlots, 2 * size + 1);
    }
    int first = firstSlots[size];
    scanners[size] = scanner;
    lists[size] = list;
    bases[size] = base;
    firstSlots[++size] = Math.addExact(first, padded(count));
    vectors += count;
    scanner.scan(list, base, first, this);
  }

  /** A list takes whole blocks of slots, so that tails of lists can be gathered. */
  private static int padded(int count) {
    return CodeBlock.tailBlocks(count) * CodeBlock.TAIL_WIDTH;
  }

  /**
   * Scans again all lists scanned so far, for new candidates; visits and accepted vectors are not
   * counted again.
   *
   * @param times how many times as many candidates to keep
   */
  void rescan(int times) throws IOException {
    keep = (int) Math.min((long) times * keep, entries);
    candidates = new CandidateQueue(keep, entries);
    repeated = true;
    for (int i = 0; i < size; i++) {
      scanners[i].scan(lists[i], bases[i], firstSlots[i], this);
    }
    repeated = false;
    flush();
  }

  /**
   * Drops all candidates of a growing scan.
   *
   * @param distance that candidates are kept below from now on; not-a-number for all
   * @param wantedDistance vectors below it that are not accepted are counted
   */
  void keepWithin(float distance, float wantedDistance) {
    candidates.keepWithin(distance);
    wantedWithin = wantedDistance;
    refused = 0;
  }

  /** Returns whether {@link #countRefused} counts: all distances are needed. */
  boolean countsRefused() {
    return !Float.isNaN(wantedWithin);
  }

  /** Counts those of some lanes that are not accepted but as near as is wanted. */
  void countRefused(long lanes, float[] distances) {
    if (!countsRefused()) {
      return;
    }
    for (long left = lanes; left != 0; left &= left - 1) {
      refused += distances[Long.numberOfTrailingZeros(left)] < wantedWithin ? 1 : 0;
    }
  }

  /** Returns the vectors counted by {@link #countRefused} since the last {@link #keepWithin}. */
  long refused() {
    return refused;
  }

  /** Returns how many of the vectors scanned so far are accepted, an estimate. */
  double accepted() {
    return accepted;
  }

  /** Returns whether lists are scanned that were scanned before. */
  boolean isRepeated() {
    return repeated;
  }

  /** Returns whether to scan no more. */
  boolean isEnded() {
    return !repeated && collector.earlyTerminated();
  }

  /** Returns whether visits are accepted vectors; otherwise all vectors of the lists are. */
  boolean visitsAreMatches() {
    return visitsAreMatches;
  }

  /**
   * Counts visits, unless lists are scanned that were scanned before. Where vectors are in two
   * lists, the collector is told of so many fewer that all lists are as many visits as there are
   * vectors: its limit is a number of documents.
   */
  void visit(int count, double matches) {
    if (repeated) {
      return;
    }
    accepted += matches;
    visits += count;
    long due = (long) (visits * vectorsPerEntry + 0.5);
    collector.incVisitedCount((int) (due - told));
    told = due;
  }

  /** Returns the share of accepted vectors among those scanned so far, an estimate, at most 1. */
  double acceptedShare() {
    return vectors == 0 ? 1 : Math.min(accepted / vectors, 1);
  }

  /**
   * Samples a block, of which not all vectors are accepted.
   *
   * @param distances [count] of its vectors
   */
  void sample(float[] distances, int count) {
    sample(distances, count, SAMPLED);
  }

  /** Returns whether a block of which no vector is accepted is to be sampled: one of some is. */
  boolean samplesRefused() {
    return !repeated && Scattered.bits(refusedBlocks++, REFUSED_BITS) == 0;
  }

  /**
   * Samples a block of which no vector is accepted, for others that were not scored.
   *
   * @param distances [count] of its vectors
   */
  void sampleRefused(float[] distances, int count) {
    sample(distances, count, SAMPLED >> REFUSED_BITS);
  }

  private void sample(float[] distances, int count, int every) {
    if (!repeated) {
      int more = Math.ceilDiv(count, every);
      sample = ArrayUtil.grow(sample, sampleSize + more);
      System.arraycopy(distances, 0, sample, sampleSize, more);
      sampleSize += more;
    }
  }

  /**
   * Returns how many vectors, accepted or not, lie as near as the {@code count} nearest candidates:
   * an estimate that is more likely too small than too large.
   *
   * @param count in [1, candidates]
   */
  double nearer(int count) {
    float distance = candidates.distance(count);
    int below = 0;
    for (int i = 0; i < sampleSize; i++) {
      below += sample[i] <= distance ? 1 : 0;
    }
    return SAMPLED * (below - DOUBT * Math.sqrt(below));
  }

  /** Returns those of the first {@code count} lanes that may be among the nearest. */
  long competing(float[] distances, int count) {
    return kernel.below(distances, count, candidates.threshold());
  }

  /**
   * Offers candidates of a block. Slots ascend from call to call: {@link #flush} comes first.
   *
   * @param lanes bit i stands for lane i: those that are accepted and {@link #competing}
   * @param firstSlot slot of lane 0
   */
  void offer(long lanes, float[] distances, int firstSlot) {
    candidates.offer(lanes, distances, firstSlot);
  }

  /**
   * Makes room for a tail.
   *
   * @param width its vectors and padding, at most 64
   * @return where in {@link #tails} to put its distances
   */
  int tailRoom(int width) {
    if (tailLanes + width > CodeBlock.WIDTH) {
      flush();
    }
    return tailLanes;
  }

  /** Returns the distances of the tails gathered so far, shared. */
  float[] tails() {
    return tails;
  }

  /**
   * Adds the tail that was put where there is room.
   *
   * @param width vectors and padding
   * @param count vectors
   * @param slot of its first vector; follows the padded tail before
   */
  void addTail(int width, int count, int slot) {
    if (tailLanes == 0) {
      firstTailSlot = slot;
    }
    validTailLanes |= -1L >>> (Long.SIZE - count) << tailLanes;
    tailLanes += width;
  }

  /** Offers the tails gathered so far. */
  void flush() {
    if (tailLanes > 0) {
      offer(competing(tails, tailLanes) & validTailLanes, tails, firstTailSlot);
      tailLanes = 0;
      validTailLanes = 0;
    }
  }

  /** Returns the list that a slot is in. */
  int list(int slot) {
    int found = Arrays.binarySearch(firstSlots, 0, size, slot);
    return lists[found < 0 ? -found - 2 : found];
  }

  /**
   * Finds the vectors of some slots.
   *
   * @param slots [count], ascending
   * @param found receives [count] pairs: number of the segment, shifted left by 32, plus ordinal
   */
  void find(int[] slots, int count, long[] found) throws IOException {
    int i = -1;
    for (int at = 0; at < count; at++) {
      if (i < 0 || slots[at] >= firstSlots[i + 1]) {
        while (slots[at] >= firstSlots[i + 1]) {
          i++;
        }
        scanners[i].moveTo(lists[i]);
      }
      found[at] = scanners[i].find(slots[at] - firstSlots[i]);
    }
  }
}

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

/**
 * The scan of one search: which lists it has seen, over all segments, and the nearest of their
 * vectors. Vectors are numbered in the order of scanning, by <i>slots</i>: an ordinal is read only
 * for candidates that are kept. Not thread-safe; one per search.
 */
// Distances of the tails of lists, which are short blocks, are gathered until there are enough to
// compare with the threshold at once. Where an index has many segments, most blocks are tails, and
// a branch that depends on the distances of each would keep the next block from being loaded ahead.
final class CandidateScan {

  /** Candidates kept for each one that is reranked at first. */
  private static final int SPARE = 2;

  private final KnnCollector collector;
  private final boolean visitsAreMatches;
  private final int most;
  private final List<SearchedLeaf> leaves = new ArrayList<>();
  private int keep;
  private CandidateQueue candidates;

  private ListScanner[] scanners = new ListScanner[32];
  private int[] lists = new int[32];
  private float[] bases = new float[32];
  private int[] firstSlots = new int[33];
  private int size;
  private long vectors;
  private double accepted;
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
   * @param depth candidates to rerank at first
   * @param most vectors in all segments
   */
  CandidateScan(KnnCollector collector, int depth, int most) {
    this.collector = collector;
    // With a limit that can be reached, visits are accepted vectors, each looked up; otherwise all
    // vectors of the lists are, and the accepted ones are estimated.
    this.visitsAreMatches = collector.visitLimit() <= most;
    this.most = most;
    this.keep = (int) Math.min((long) SPARE * depth, most);
    this.candidates = new CandidateQueue(keep, most);
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

  /** Returns the candidates so far, until the next {@link #rescan}. */
  CandidateQueue candidates() {
    return candidates;
  }

  /** Returns the vectors in the lists scanned so far. */
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
    keep = (int) Math.min((long) times * keep, most);
    candidates = new CandidateQueue(keep, most);
    repeated = true;
    for (int i = 0; i < size; i++) {
      scanners[i].scan(lists[i], bases[i], firstSlots[i], this);
    }
    repeated = false;
    flush();
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

  /** Counts visits, unless lists are scanned that were scanned before. */
  void visit(int count, double matches) {
    if (!repeated) {
      collector.incVisitedCount(count);
      accepted += matches;
    }
  }

  /** Returns the share of accepted vectors among those scanned so far, an estimate, at most 1. */
  double acceptedShare() {
    return vectors == 0 ? 1 : Math.min(accepted / vectors, 1);
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

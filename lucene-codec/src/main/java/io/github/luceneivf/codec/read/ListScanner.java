package io.github.luceneivf.codec.read;

import io.github.luceneivf.codec.file.PostingLists;
import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.kernel.VectorKernel;
import io.github.luceneivf.quantization.BlockScorer;
import io.github.luceneivf.quantization.CodeBlock;
import io.github.luceneivf.quantization.QueryCode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/**
 * Scans posting lists block by block and offers accepted vectors as candidates. The vectors of the
 * lists scanned so far are numbered in the order of scanning, by <i>slots</i>: an ordinal is read
 * only for candidates that are kept. Not thread-safe; one per search.
 */
final class ListScanner {

  private final PostingLists lists;
  private final CodeBlock layout;
  private final int vectors;
  private final PostingLists.Cursor cursor;
  private final BlockScorer scorer;
  private final VectorKernel kernel = Kernels.get();
  private final @Nullable Bits acceptOrds;
  private final boolean countsAll;
  private final float[] distances = new float[CodeBlock.WIDTH];

  private int[] scannedLists = new int[32];
  private float[] scannedBases = new float[32];
  private int[] firstSlots = new int[33];
  private int scanned;
  private double accepted;

  /**
   * Creates a scanner.
   *
   * @param vectors vectors in the segment; ordinals at or beyond are corrupt
   * @param acceptOrds accepted ordinals; null accepts all
   * @param countsAll whether visits are accepted vectors, each looked up; otherwise all vectors of
   *     the lists are, and the accepted ones are estimated
   */
  ListScanner(
      PostingLists lists,
      int vectors,
      QueryCode query,
      @Nullable Bits acceptOrds,
      boolean countsAll) {
    this.lists = lists;
    this.layout = lists.layout();
    this.vectors = vectors;
    this.cursor = lists.cursor();
    this.scorer = new BlockScorer(layout, query);
    this.acceptOrds = acceptOrds;
    this.countsAll = countsAll;
  }

  /** Returns the share of accepted vectors among those scanned so far, at most 1. */
  double acceptedShare() {
    int slots = firstSlots[scanned];
    return acceptOrds == null || slots == 0 ? 1 : Math.min(accepted / slots, 1);
  }

  /**
   * Scans a list for the first time.
   *
   * @param base exact distance of the query to its centroid
   * @param visits counts visits, and may stop the scan
   */
  void scan(int list, float base, CandidateQueue candidates, KnnCollector visits)
      throws IOException {
    if (scanned == scannedLists.length) {
      scannedLists = Arrays.copyOf(scannedLists, 2 * scanned);
      scannedBases = Arrays.copyOf(scannedBases, 2 * scanned);
      firstSlots = Arrays.copyOf(firstSlots, 2 * scanned + 1);
    }
    scannedLists[scanned] = list;
    scannedBases[scanned] = base;
    firstSlots[scanned + 1] = firstSlots[scanned] + lists.size(list);
    scan(scanned++, candidates, visits);
  }

  /** Scans again all lists scanned so far; visits and accepted vectors are not counted again. */
  void rescan(CandidateQueue candidates) throws IOException {
    for (int i = 0; i < scanned; i++) {
      scan(i, candidates, null);
    }
  }

  private void scan(int i, CandidateQueue candidates, @Nullable KnnCollector visits)
      throws IOException {
    int list = scannedLists[i];
    int size = lists.size(list);
    if (size == 0) {
      return;
    }
    cursor.moveTo(list);
    MemorySegment memory = cursor.memory();
    for (int at = 0; at < size; ) {
      if (visits != null && visits.earlyTerminated()) {
        return;
      }
      int width = CodeBlock.widthAt(at, size);
      int count = Math.min(width, size - at);
      long offset = cursor.base() + layout.blockOffset(at, size);
      scorer.score(memory, offset, width, scannedBases[i], distances);
      long lanes = kernel.below(distances, count, candidates.threshold());
      if (acceptOrds != null) {
        if (visits != null) {
          count(memory, offset, at, count, size, visits);
        }
        lanes = accepted(memory, offset, lanes, acceptOrds);
      } else if (visits != null) {
        visits.incVisitedCount(count);
      }
      candidates.offer(lanes, distances, firstSlots[i] + at);
      at += count;
    }
  }

  private void count(
      MemorySegment memory, long offset, int at, int count, int size, KnnCollector visits)
      throws IOException {
    if (!countsAll) {
      visits.incVisitedCount(count);
      if (at > 0) {
        return;
      }
    }
    long all = -1L >>> (Long.SIZE - count);
    int taken = Long.bitCount(accepted(memory, offset, all, Objects.requireNonNull(acceptOrds)));
    if (countsAll) {
      visits.incVisitedCount(taken);
      accepted += taken;
    } else {
      accepted += (double) taken * size / count;
    }
  }

  private long accepted(MemorySegment memory, long offset, long lanes, Bits acceptOrds)
      throws IOException {
    long accepted = lanes;
    for (long left = lanes; left != 0; left &= left - 1) {
      int lane = Long.numberOfTrailingZeros(left);
      if (!acceptOrds.get(ord(memory, offset, lane))) {
        accepted &= ~(1L << lane);
      }
    }
    return accepted;
  }

  /**
   * Reads the ordinals of some slots.
   *
   * @param slots [count], ascending
   * @param ords receives [count] ordinals
   */
  void ords(int[] slots, int count, int[] ords) throws IOException {
    int i = -1;
    for (int at = 0; at < count; at++) {
      if (i < 0 || slots[at] >= firstSlots[i + 1]) {
        while (slots[at] >= firstSlots[i + 1]) {
          i++;
        }
        cursor.moveTo(scannedLists[i]);
      }
      int size = lists.size(scannedLists[i]);
      int position = slots[at] - firstSlots[i];
      int lane = position % CodeBlock.widthAt(position, size);
      long offset = cursor.base() + layout.blockOffset(position, size);
      ords[at] = ord(cursor.memory(), offset, lane);
    }
  }

  private int ord(MemorySegment memory, long offset, int lane) throws CorruptIndexException {
    int ord = layout.ord(memory, offset, lane);
    if (ord < 0 || ord >= vectors) {
      throw new CorruptIndexException(
          "posting list: expected an ordinal in [0, " + vectors + "), got: " + ord, lists.name());
    }
    return ord;
  }
}

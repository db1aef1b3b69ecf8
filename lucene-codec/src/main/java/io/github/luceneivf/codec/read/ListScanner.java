// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.codec.file.PostingLists;
import io.github.luceneivf.quantization.BlockScorer;
import io.github.luceneivf.quantization.CodeBlock;
import io.github.luceneivf.quantization.QueryCode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.util.Bits;

/**
 * Scans posting lists block by block and offers accepted vectors as candidates. Not thread-safe;
 * one per search.
 */
final class ListScanner {

  /**
   * Neighbours of which one is looked up where every second one is accepted, to estimate how many
   * are: two of a block.
   */
  private static final int EVEN_STEP = CodeBlock.WIDTH / 2;

  /** Lanes of a block of which every first, second, fourth and so on is taken. */
  private static final long[] EVERY = {
    -1L,
    0x5555_5555_5555_5555L,
    0x1111_1111_1111_1111L,
    0x0101_0101_0101_0101L,
    0x0001_0001_0001_0001L,
    0x0000_0001_0000_0001L,
    0x0000_0000_0000_0001L
  };

  /** Of so many vectors, or more, one is accepted where few are. */
  private static final int RARE = 4;

  private static final int PHASE_BITS = 6;

  private final PostingLists lists;
  private final ScannedSegments segments;
  private final CodeBlock layout;
  private final PostingLists.Cursor cursor;
  private final BlockScorer scorer;
  private final boolean restricted;
  private final Bits acceptOrds;
  private final float scale;
  private final float[] distances = new float[CodeBlock.WIDTH];
  private long sampled;
  private long sampledTaken;
  private int blocks;

  /**
   * Creates a scanner.
   *
   * @param segments what the lists are of
   * @param scale factor on distances
   */
  ListScanner(PostingLists lists, ScannedSegments segments, QueryCode query, float scale) {
    this.lists = lists;
    this.segments = segments;
    this.layout = lists.layout();
    this.cursor = lists.cursor();
    this.scorer = new BlockScorer(layout, query);
    Bits accepted = segments.acceptOrds();
    this.restricted = accepted != null;
    this.acceptOrds = accepted != null ? accepted : new Bits.MatchAllBits(segments.vectors());
    this.scale = scale;
  }

  /** Returns the vectors in a list. */
  int size(int list) {
    return lists.size(list);
  }

  /** Says that a list will be scanned soon. */
  void prefetch(int list) throws IOException {
    lists.prefetch(list);
  }

  /**
   * Scans a list that is not empty. Distances of its tail may stay in the scan's tails.
   *
   * @param base exact distance of the query to its centroid
   * @param firstSlot slot of its first vector
   * @param scan gets the candidates, and may end
   */
  void scan(int list, float base, int firstSlot, CandidateScan scan) throws IOException {
    int size = lists.size(list);
    cursor.moveTo(list);
    for (int at = 0; at < size; ) {
      if (scan.isEnded()) {
        return;
      }
      int width = CodeBlock.widthAt(at, size);
      long offset = cursor.base() + layout.blockOffset(at, size);
      int count = Math.min(width, size - at);
      if (!restricted && width == CodeBlock.TAIL_WIDTH) {
        scanTail(offset, size - at, base, firstSlot + at, scan);
        return;
      }
      scan.flush();
      if (restricted) {
        long lanes = scanRestricted(offset, width, count, base, scan);
        scan.offer(lanes, distances, firstSlot + at);
      } else {
        score(offset, width, count, base);
        scan.visit(count, count);
        scan.offer(scan.competing(distances, count), distances, firstSlot + at);
      }
      at += count;
    }
  }

  /** Scans a tail of which every vector is accepted. */
  private void scanTail(long offset, int count, float base, int firstSlot, CandidateScan scan) {
    int blocks = CodeBlock.tailBlocks(count);
    int width = blocks * CodeBlock.TAIL_WIDTH;
    int at = scan.tailRoom(width);
    scorer.scoreTail(cursor.memory(), offset, blocks, base, scan.tails(), at);
    rescale(scan.tails(), at, count);
    scan.addTail(width, count, firstSlot);
    scan.visit(count, count);
  }

  /**
   * Scores a block of which not all vectors may be accepted. Where hardly any is, they are looked
   * up first, and most blocks without one are not scored.
   *
   * @return the lanes that are accepted and compete
   */
  private long scanRestricted(long offset, int width, int count, float base, CandidateScan scan)
      throws IOException {
    if (!isRare() || scan.countsRefused()) {
      score(offset, width, count, base);
      scan.sample(distances, count);
      return accepted(offset, count, scan);
    }
    long taken = taken(offset, count, scan);
    if (taken != 0) {
      score(offset, width, count, base);
      scan.sample(distances, count);
      return taken & scan.competing(distances, count);
    }
    if (scan.samplesRefused()) {
      score(offset, width, count, base);
      scan.sampleRefused(distances, count);
    }
    return 0;
  }

  private void score(long offset, int width, int count, float base) {
    scorer.score(cursor.memory(), offset, width, base, distances, 0);
    rescale(distances, 0, count);
  }

  private void rescale(float[] values, int from, int count) {
    if (scale != 1) {
      for (int i = from; i < from + count; i++) {
        values[i] *= scale;
      }
    }
  }

  /**
   * Counts the visit of a block and what of it is accepted, without a branch on that: it could not
   * be predicted, and a miss keeps the next block from being loaded ahead.
   */
  private void count(MemorySegment memory, long offset, int count, CandidateScan scan)
      throws IOException {
    long sample = sample(scan.visitsAreMatches() ? 1 : sampleStep(), count);
    int taken = 0;
    for (long left = sample; left != 0; left &= left - 1) {
      taken += acceptOrds.get(ord(memory, offset, Long.numberOfTrailingZeros(left))) ? 1 : 0;
    }
    visit(count, Long.bitCount(sample), taken, scan);
  }

  /** Counts the visit of a block of which {@code taken} of those looked up are accepted. */
  private void visit(int count, int looked, int taken, CandidateScan scan) {
    scan.visit(scan.visitsAreMatches() ? taken : count, (double) taken * count / looked);
    sampled += looked;
    sampledTaken += taken;
  }

  /**
   * Returns the lanes to look up. Ordinals ascend within a list, so in each block others are looked
   * up: a filter may follow the order of documents.
   */
  private long sample(int step, int count) {
    int phase = Scattered.bits(blocks++, PHASE_BITS) & (step - 1);
    long lanes = EVERY[Integer.numberOfTrailingZeros(step)] << phase & -1L >>> (Long.SIZE - count);
    return lanes == 0 ? 1L << phase % count : lanes;
  }

  /**
   * Of how many neighbours in a block one is looked up: all until some are accepted, then the more
   * the surer a look is. The estimate of a share p from n looks is wrong by √((1 − p) / (p · n)) of
   * it, so n follows (1 − p) / p; one of each block, at least, sees where the share changes.
   */
  private int sampleStep() {
    if (sampledTaken < CodeBlock.WIDTH / 2) {
      return 1;
    }
    long refused = Math.max(1, sampled - sampledTaken);
    long step = Math.min(CodeBlock.WIDTH, EVEN_STEP * sampledTaken / refused);
    return (int) Math.max(1, Long.highestOneBit(step));
  }

  /** Whether so few are accepted that it pays to look them up before a block is scored. */
  private boolean isRare() {
    return sampled > RARE * sampledTaken;
  }

  /** Counts the visit of a block; returns the lanes that are accepted. */
  private long taken(long offset, int count, CandidateScan scan) throws IOException {
    MemorySegment memory = cursor.memory();
    long taken = 0;
    for (int lane = 0; lane < count; lane++) {
      taken |= (acceptOrds.get(ord(memory, offset, lane)) ? 1L : 0L) << lane;
    }
    if (!scan.isRepeated()) {
      visit(count, count, Long.bitCount(taken), scan);
    }
    return taken;
  }

  /** Counts a block of which some vectors are accepted; returns those of them that compete. */
  private long accepted(long offset, int count, CandidateScan scan) throws IOException {
    MemorySegment memory = cursor.memory();
    if (!scan.isRepeated()) {
      count(memory, offset, count, scan);
    }
    long competing = scan.competing(distances, count);
    long accepted = competing;
    for (long left = accepted; left != 0; left &= left - 1) {
      int lane = Long.numberOfTrailingZeros(left);
      long refused = acceptOrds.get(ord(memory, offset, lane)) ? 0 : 1;
      accepted ^= refused << lane;
    }
    scan.countRefused(competing ^ accepted, distances);
    return accepted;
  }

  /** Moves to a list, to find vectors of it. */
  void moveTo(int list) throws IOException {
    cursor.moveTo(list);
  }

  /**
   * Finds a vector of the list that was moved to.
   *
   * @return the number of its segment, shifted left by 32, plus its ordinal there
   */
  long find(int position) throws CorruptIndexException {
    return segments.find(lists.checkOrd(cursor.ord(position), segments.vectors()));
  }

  private int ord(MemorySegment memory, long offset, int lane) throws CorruptIndexException {
    return lists.checkOrd(layout.ord(memory, offset, lane), segments.vectors());
  }
}

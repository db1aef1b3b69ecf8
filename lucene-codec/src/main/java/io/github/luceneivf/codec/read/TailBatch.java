package io.github.luceneivf.codec.read;

import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.kernel.VectorKernel;
import io.github.luceneivf.quantization.CodeBlock;

/**
 * Distances of short blocks, the tails of lists, until there are enough to compare with the
 * threshold at once. Where an index has many segments, most blocks are tails, and a branch that
 * depends on the distances of each would keep the next block from being loaded ahead. Not
 * thread-safe; one per search.
 */
final class TailBatch {

  private final VectorKernel kernel = Kernels.get();
  private final float[] distances = new float[CodeBlock.WIDTH];
  private int lanes;
  private long valid;
  private int firstSlot;

  /**
   * Adds a block.
   *
   * @param block [16] distances, those from {@code count} on are padding
   * @param slot of its first vector; follows the padded block before
   */
  void add(float[] block, int count, int slot, CandidateQueue candidates) {
    if (lanes == 0) {
      firstSlot = slot;
    }
    System.arraycopy(block, 0, distances, lanes, CodeBlock.TAIL_WIDTH);
    valid |= -1L >>> (Long.SIZE - count) << lanes;
    lanes += CodeBlock.TAIL_WIDTH;
    if (lanes == CodeBlock.WIDTH) {
      flush(candidates);
    }
  }

  /** Offers what was added. */
  void flush(CandidateQueue candidates) {
    if (lanes > 0) {
      long below = kernel.below(distances, lanes, candidates.threshold());
      candidates.offer(below & valid, distances, firstSlot);
      lanes = 0;
      valid = 0;
    }
  }
}

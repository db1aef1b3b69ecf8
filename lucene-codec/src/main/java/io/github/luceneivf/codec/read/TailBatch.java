// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.kernel.VectorKernel;
import io.github.luceneivf.quantization.CodeBlock;

/**
 * Distances of the tails of lists, which are short blocks, until there are enough to compare with
 * the threshold at once. Where an index has many segments, most blocks are tails, and a branch that
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
   * Makes room for a tail.
   *
   * @param width its vectors and padding, at most 64
   * @return where in {@link #distances} to put it
   */
  int room(int width, CandidateQueue candidates) {
    if (lanes + width > CodeBlock.WIDTH) {
      flush(candidates);
    }
    return lanes;
  }

  /** Returns the distances gathered so far, shared. */
  float[] distances() {
    return distances;
  }

  /**
   * Adds the tail that was put where there is room.
   *
   * @param width vectors and padding
   * @param count vectors
   * @param slot of its first vector; follows the padded tail before
   */
  void add(int width, int count, int slot) {
    if (lanes == 0) {
      firstSlot = slot;
    }
    valid |= -1L >>> (Long.SIZE - count) << lanes;
    lanes += width;
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

package io.github.luceneivf.quantization;

import java.lang.foreign.MemorySegment;

/** Approximate distances of one query to the vectors of blocks. Not thread-safe; one per search. */
public final class BlockScorer {

  /** Creates a scorer of blocks of one layout for one query. */
  public BlockScorer(CodeBlock layout, QueryCode query) {
    throw new UnsupportedOperationException();
  }

  /**
   * Scores a block.
   *
   * @param list memory that holds the list
   * @param blockOffset where in it the block begins, in bytes
   * @param width 16 or 64
   * @param base distance of the query to the list's centroid: {@code ‖q − c‖²}, or {@code −⟨q, c⟩}
   *     for inner products, in the codebook's space
   * @param out [width] distances: smaller is nearer; lanes of padding hold anything
   */
  public void score(MemorySegment list, long blockOffset, int width, float base, float[] out) {
    throw new UnsupportedOperationException();
  }
}

package io.github.luceneivf.clustering;

import java.io.IOException;

/** Seeded reservoir sample of a source of vectors. */
public final class TrainingSample {

  private TrainingSample() {}

  /**
   * Draws at most {@code maxRows} vectors, each subset equally likely, in ordinal order; all of
   * them if there are no more.
   *
   * @param abort asked between batches
   * @throws IOException what reading threw
   */
  public static FloatMatrix draw(VectorSource source, int maxRows, long seed, BatchCheck abort)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Asked between batches whether to go on. */
  @FunctionalInterface
  public interface BatchCheck {
    /** Returns to go on, throws to stop. */
    void check() throws IOException;
  }
}

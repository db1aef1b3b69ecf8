// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import java.io.IOException;

/** Receives encoded vectors in ordinal order; confined to one thread. */
public interface EncodedSink {

  /**
   * Takes a batch.
   *
   * @param firstOrd ordinal of the first vector: the number of vectors received so far
   * @param count vectors in this batch
   * @param lists [count] list numbers, in [0, nlist)
   * @param records [count × recordBytes], one record after the other
   * @throws IOException if it cannot be stored
   */
  void accept(int firstOrd, int count, int[] lists, byte[] records) throws IOException;

  /**
   * Takes the second entries of vectors that were received: those of a codebook that {@linkplain
   * Codebook#spills spills}.
   *
   * @param count entries in this batch
   * @param ords [count] their ordinals, ascending within and over batches, all received
   * @param lists [count] list numbers, in [0, nlist), other than the vectors' own
   * @param records [count × recordBytes], one record after the other
   * @throws IOException if it cannot be stored
   */
  void acceptCopies(int count, int[] ords, int[] lists, byte[] records) throws IOException;

  /**
   * Drops everything received: the next batch starts at ordinal 0 again. Called before the same
   * work is done another way.
   */
  void restart() throws IOException;
}

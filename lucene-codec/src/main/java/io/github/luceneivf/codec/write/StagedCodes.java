// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.codebook.EncodedSink;
import java.io.Closeable;
import java.io.IOException;

/**
 * Encoded vectors in ordinal order, complete and checked before a byte of them enters a segment. In
 * memory while they fit the budget, otherwise in temporary files. Confined to one thread; whoever
 * made it closes it, which frees everything.
 */
abstract class StagedCodes implements EncodedSink, Closeable {

  /** Vectors in a batch of {@link #forEachList}. */
  static final int BATCH = 4096;

  private final int nlist;
  private final int recordBytes;
  private int count;

  StagedCodes(int nlist, int recordBytes) {
    this.nlist = nlist;
    this.recordBytes = recordBytes;
  }

  /** Returns the vectors received. */
  final int count() {
    return count;
  }

  /** Returns the bytes of a record. */
  final int recordBytes() {
    return recordBytes;
  }

  @Override
  public final void accept(int firstOrd, int batch, int[] lists, byte[] records)
      throws IOException {
    if (firstOrd != count) {
      throw new IllegalStateException(
          "firstOrd must be the vectors received = " + count + ", got: " + firstOrd);
    }
    for (int i = 0; i < batch; i++) {
      if (lists[i] < 0 || lists[i] >= nlist) {
        throw new IllegalStateException(
            "list must be in [0, " + nlist + "), got: " + lists[i] + " for ord " + (firstOrd + i));
      }
    }
    store(batch, lists, records);
    count += batch;
  }

  @Override
  public final void restart() throws IOException {
    count = 0;
    drop();
  }

  abstract void store(int batch, int[] lists, byte[] records) throws IOException;

  abstract void drop() throws IOException;

  /**
   * Ends staging: from now on it is read.
   *
   * @throws IOException if what was staged cannot be read back
   */
  abstract void seal() throws IOException;

  /**
   * Pushes the list numbers of all vectors in ordinal order.
   *
   * @throws IOException if they cannot be read
   */
  abstract void forEachList(ListConsumer consumer) throws IOException;

  /**
   * Reads the record of a vector.
   *
   * @throws IOException if it cannot be read
   */
  abstract void record(int ord, byte[] to, int offset) throws IOException;

  /** Receives list numbers. */
  @FunctionalInterface
  interface ListConsumer {
    void accept(int firstOrd, int batch, int[] lists) throws IOException;
  }
}

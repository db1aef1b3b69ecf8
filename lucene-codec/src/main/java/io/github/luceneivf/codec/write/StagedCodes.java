// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import java.io.Closeable;
import java.io.IOException;

/**
 * List numbers and records in the order in which they came. In memory while they fit the budget,
 * otherwise in temporary files. Confined to one thread; whoever made it closes it, which frees
 * everything.
 */
abstract class StagedCodes implements Closeable {

  /** Vectors in a batch of {@link #forEachList}. */
  static final int BATCH = 4096;

  private final int nlist;
  private final int recordBytes;
  private int count;

  StagedCodes(int nlist, int recordBytes) {
    this.nlist = nlist;
    this.recordBytes = recordBytes;
  }

  /** Returns the records received. */
  final int count() {
    return count;
  }

  /** Returns the bytes of a record. */
  final int recordBytes() {
    return recordBytes;
  }

  /**
   * Adds records.
   *
   * @param lists [batch] list numbers
   * @param records [batch × recordBytes]
   */
  final void add(int batch, int[] lists, byte[] records) throws IOException {
    for (int i = 0; i < batch; i++) {
      if (lists[i] < 0 || lists[i] >= nlist) {
        throw new IllegalStateException(
            "list must be in [0, " + nlist + "), got: " + lists[i] + " for record " + (count + i));
      }
    }
    store(batch, lists, records);
    count += batch;
  }

  /** Drops everything received. */
  final void restart() throws IOException {
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
   * Pushes all list numbers in order.
   *
   * @throws IOException if they cannot be read
   */
  abstract void forEachList(ListConsumer consumer) throws IOException;

  /**
   * Reads a record.
   *
   * @throws IOException if it cannot be read
   */
  abstract void record(int place, byte[] to, int offset) throws IOException;

  /** Receives list numbers. */
  @FunctionalInterface
  interface ListConsumer {
    void accept(int first, int batch, int[] lists) throws IOException;
  }
}

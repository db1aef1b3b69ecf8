// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import java.io.IOException;
import java.util.Arrays;

/** Encoded vectors in arrays. */
final class HeapCodes extends StagedCodes {

  private int[] lists;
  private byte[] records;

  /**
   * Creates room.
   *
   * @param expected records there is room for; it grows for more
   */
  HeapCodes(int nlist, int recordBytes, int expected) {
    super(nlist, recordBytes);
    this.lists = new int[expected];
    this.records = new byte[Math.multiplyExact(expected, recordBytes)];
  }

  @Override
  void store(int batch, int[] from, byte[] codes) {
    int needed = count() + batch;
    if (needed > lists.length) {
      int room = Math.max(needed, Math.max(BATCH, lists.length + lists.length / 2));
      lists = Arrays.copyOf(lists, room);
      records = Arrays.copyOf(records, Math.multiplyExact(room, recordBytes()));
    }
    System.arraycopy(from, 0, lists, count(), batch);
    System.arraycopy(codes, 0, records, count() * recordBytes(), batch * recordBytes());
  }

  @Override
  void drop() {}

  @Override
  void seal() {}

  @Override
  void forEachList(ListConsumer consumer) throws IOException {
    for (int from = 0; from < count(); from += BATCH) {
      int to = Math.min(from + BATCH, count());
      consumer.accept(from, to - from, Arrays.copyOfRange(lists, from, to));
    }
  }

  @Override
  void record(int ord, byte[] to, int offset) {
    System.arraycopy(records, ord * recordBytes(), to, offset, recordBytes());
  }

  @Override
  public void close() {}
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import io.github.luceneivf.codebook.EncodedSink;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Keeps all codes. */
final class CollectedCodes implements EncodedSink {

  private final ByteArrayOutputStream records = new ByteArrayOutputStream();
  private int[] lists = {};
  private int restarts;

  @Override
  public void accept(int firstOrd, int count, int[] batch, byte[] batchRecords) {
    if (firstOrd != lists.length) {
      throw new IllegalStateException("firstOrd must be " + lists.length + ", got: " + firstOrd);
    }
    int[] longer = Arrays.copyOf(lists, firstOrd + count);
    System.arraycopy(batch, 0, longer, firstOrd, count);
    lists = longer;
    records.write(batchRecords, 0, batchRecords.length / batch.length * count);
  }

  @Override
  public void acceptCopies(int count, int[] ords, int[] lists, byte[] records) {
    throw new AssertionError("no vector is in two lists here");
  }

  @Override
  public void restart() {
    restarts++;
    lists = new int[0];
    records.reset();
  }

  int[] lists() {
    return lists;
  }

  byte[] records() {
    return records.toByteArray();
  }

  int restarts() {
    return restarts;
  }
}

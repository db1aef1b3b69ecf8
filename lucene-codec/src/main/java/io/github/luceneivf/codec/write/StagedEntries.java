// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.codebook.AbortCheck;
import java.io.IOException;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/**
 * Entries of codes just made, which lie in ordinal order. Lists are read in runs whose entries fit
 * a budget: each run reads all list numbers once and gathers its own.
 */
final class StagedEntries implements EntrySource {

  private final StagedCodes codes;
  private final @Nullable FixedBitSet ords;
  private final int[] sizes;
  private final int maxEntries;
  private final boolean second;
  private final AbortCheck abort;

  private int from;
  private int to;
  private int[] runOrds = new int[0];
  private int[] runPlaces = new int[0];
  private int start;

  /**
   * Creates a source.
   *
   * @param codes sealed
   * @param ords the ordinals that were coded, in their order; null if all
   * @param nlist number of lists
   * @param second whether they are second entries of their vectors
   * @param maxEntries entries gathered at a time, at least 1; a longer list still is gathered whole
   * @param abort asked between batches of list numbers
   */
  StagedEntries(
      StagedCodes codes,
      @Nullable FixedBitSet ords,
      boolean second,
      int nlist,
      int maxEntries,
      AbortCheck abort)
      throws IOException {
    this.codes = codes;
    this.ords = ords;
    this.sizes = new int[nlist];
    this.maxEntries = maxEntries;
    this.second = second;
    this.abort = abort;
    codes.forEachList((_, batch, lists) -> {
      abort.check();
      for (int i = 0; i < batch; i++) {
        sizes[lists[i]]++;
      }
    });
  }

  @Override
  public void rewind() {
    from = 0;
    to = 0;
    start = 0;
  }

  @Override
  public void gather(int list, int number, ListEntries into) throws IOException {
    if (list >= to) {
      loadRun(list);
    }
    into.reserve(sizes[list]);
    for (int i = start; i < start + sizes[list]; i++) {
      into.add(runOrds[i], number, runPlaces[i]);
    }
    start += sizes[list];
  }

  private void loadRun(int first) throws IOException {
    from = first;
    to = first;
    start = 0;
    long count = 0;
    while (to < sizes.length && (to == first || count + sizes[to] <= maxEntries)) {
      count += sizes[to++];
    }
    runOrds = new int[Math.toIntExact(count)];
    runPlaces = ords == null ? runOrds : new int[runOrds.length];
    int[] next = new int[to - from];
    for (int list = from + 1; list < to; list++) {
      next[list - from] = next[list - 1 - from] + sizes[list - 1];
    }
    codes.forEachList(
        new StagedCodes.ListConsumer() {
          private int ord = -1;

          @Override
          public void accept(int firstPlace, int batch, int[] lists) throws IOException {
            abort.check();
            for (int i = 0; i < batch; i++) {
              ord = ords == null ? firstPlace + i : nextOrd(ord);
              if (lists[i] >= from && lists[i] < to) {
                int at = next[lists[i] - from]++;
                runOrds[at] = ord;
                runPlaces[at] = firstPlace + i;
              }
            }
          }
        });
  }

  private int nextOrd(int ord) {
    if (ords == null || ord + 1 >= ords.length()) {
      throw new IllegalStateException("more codes than ordinals, after ordinal " + ord);
    }
    int next = ords.nextSetBit(ord + 1);
    if (next == DocIdSetIterator.NO_MORE_DOCS) {
      throw new IllegalStateException("more codes than ordinals, after ordinal " + ord);
    }
    return next;
  }

  @Override
  public boolean isSecond(int place) {
    return second;
  }

  @Override
  public void record(int place, byte[] toBytes, int offset) throws IOException {
    codes.record(place, toBytes, offset);
  }
}

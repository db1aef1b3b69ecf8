// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.quantization.CodeBlock;
import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.search.KnnCollector;

/**
 * The lists scanned so far, over all segments, in the order of scanning. Their vectors are numbered
 * in this order, by <i>slots</i>: an ordinal is read only for candidates that are kept. Not
 * thread-safe; one per search.
 */
final class ScanLog {

  private ListScanner[] scanners = new ListScanner[32];
  private int[] lists = new int[32];
  private float[] bases = new float[32];
  private int[] firstSlots = new int[33];
  private final TailBatch tails = new TailBatch();
  private int size;
  private long vectors;

  /** Returns the vectors in the lists scanned so far. */
  long vectors() {
    return vectors;
  }

  /** Scans a list of a segment for the first time; {@link #finish} has to follow. */
  void scan(
      ListScanner scanner, int list, float base, CandidateQueue candidates, KnnCollector visits)
      throws IOException {
    int count = scanner.size(list);
    if (count == 0) {
      return;
    }
    if (size == lists.length) {
      scanners = Arrays.copyOf(scanners, 2 * size);
      lists = Arrays.copyOf(lists, 2 * size);
      bases = Arrays.copyOf(bases, 2 * size);
      firstSlots = Arrays.copyOf(firstSlots, 2 * size + 1);
    }
    int first = firstSlots[size];
    scanners[size] = scanner;
    lists[size] = list;
    bases[size] = base;
    firstSlots[++size] = Math.addExact(first, padded(count));
    vectors += count;
    scanner.scan(list, base, first, candidates, tails, visits);
  }

  /** A list takes whole blocks of slots, so that tails of lists can be batched. */
  private static int padded(int count) {
    return CodeBlock.tailBlocks(count) * CodeBlock.TAIL_WIDTH;
  }

  /** Offers what was scanned and not offered yet. */
  void finish(CandidateQueue candidates) {
    tails.flush(candidates);
  }

  /** Scans again all lists scanned so far; visits and accepted vectors are not counted again. */
  void rescan(CandidateQueue candidates) throws IOException {
    for (int i = 0; i < size; i++) {
      scanners[i].scan(lists[i], bases[i], firstSlots[i], candidates, tails, null);
    }
    finish(candidates);
  }

  /**
   * Finds the vectors of some slots.
   *
   * @param slots [count], ascending
   * @param found receives [count] pairs: index of the segment, shifted left by 32, plus ordinal
   */
  void find(int[] slots, int count, long[] found) throws IOException {
    int i = -1;
    for (int at = 0; at < count; at++) {
      if (i < 0 || slots[at] >= firstSlots[i + 1]) {
        while (slots[at] >= firstSlots[i + 1]) {
          i++;
        }
        scanners[i].moveTo(lists[i]);
      }
      found[at] = scanners[i].find(slots[at] - firstSlots[i]);
    }
  }
}

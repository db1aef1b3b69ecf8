// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import java.util.BitSet;
import java.util.SplittableRandom;

/**
 * Rounds in which 1 % of an index's rows are deleted at random and as many others come: the same
 * for every contender and for whoever judges them. Not thread-safe.
 */
public final class DecayScript {

  private static final long SEED = 16_552;

  /** Rows that go and come in a round, as one in so many. */
  private static final int SHARE = 100;

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final int[] live;
  private final BitSet isLive = new BitSet();
  private int next;

  /**
   * Begins.
   *
   * @param rows rows there are: some at first, the others come in the rounds
   * @param rounds at most this many will be asked for
   */
  public DecayScript(int rows, int rounds) {
    this.next = (int) ((long) rows * SHARE / (SHARE + rounds));
    this.live = new int[next];
    for (int row = 0; row < next; row++) {
      live[row] = row;
    }
    isLive.set(0, next);
  }

  /**
   * A round.
   *
   * @param deleted rows that go
   * @param from first row that comes
   * @param to one more than the last row that comes
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  public record Round(int[] deleted, int from, int to) {}

  /** Returns the rows there are. */
  public int size() {
    return live.length;
  }

  /** Returns whether a row is there. */
  public boolean isLive(int row) {
    return isLive.get(row);
  }

  /** Goes on by a round. */
  public Round next() {
    int count = Math.max(1, live.length / SHARE);
    int[] deleted = new int[count];
    int from = next;
    for (int i = 0; i < count; i++) {
      int at = i + random.nextInt(live.length - i);
      deleted[i] = live[at];
      live[at] = live[i];
      live[i] = next;
      isLive.clear(deleted[i]);
      isLive.set(next++);
    }
    return new Round(deleted, from, next);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.kernel.DistanceKey;
import java.util.Arrays;

/**
 * The nearest candidates by approximate distance: a buffer that is cut back to {@code keep} by
 * selection whenever it is full, so that most candidates cost one comparison; or all candidates
 * below a distance, in a buffer that grows. Among equal distances the lower slot is nearer, a total
 * order: what is kept does not depend on how much is kept. Not thread-safe; one per search.
 */
// A candidate is a DistanceKey: its slot is the number.
final class CandidateQueue {

  private static final int SLACK = 128;
  private static final int BUCKET_BITS = 8;

  /** Leading zeros of a 64-bit range that needs no shift to fit the buckets. */
  private static final int BUCKET_BITS_END = Long.SIZE - BUCKET_BITS;

  /** Room for candidates of a queue that grows, at first. */
  private static final int FIRST_ROOM = 1 << 10;

  private final int keep;
  private long[] keys;
  private final long[] spare;
  private final int[] buckets = new int[1 << BUCKET_BITS];
  private int size;
  private boolean dropped;

  /** Not-a-number until candidates are dropped: nothing compares at or above it. */
  private float threshold = Float.NaN;

  /**
   * Creates a queue.
   *
   * @param keep candidates kept, at least 1
   * @param most candidates that can be offered at all; saves memory when fewer than keep
   */
  CandidateQueue(int keep, int most) {
    this.keep = Math.min(keep, Math.max(most, 1));
    this.keys = new long[(int) Math.min(2L * this.keep + SLACK, Math.max(most, 1))];
    this.spare = new long[keys.length];
  }

  private CandidateQueue(int most) {
    this.keep = Math.max(most, 1);
    this.keys = new long[Math.min(FIRST_ROOM, keep)];
    this.spare = new long[0];
  }

  /**
   * Creates a queue that keeps all candidates {@link #keepWithin} a distance.
   *
   * @param most candidates that can be offered at all
   */
  static CandidateQueue growing(int most) {
    return new CandidateQueue(most);
  }

  /**
   * Drops all candidates of a queue that grows.
   *
   * @param distance those at or above it need not be offered from now on; NaN for all are needed
   */
  void keepWithin(float distance) {
    size = 0;
    threshold = distance;
  }

  /** Returns the distance from which on candidates need not be offered; NaN while all need be. */
  float threshold() {
    return threshold;
  }

  /**
   * Takes some lanes of a block.
   *
   * @param lanes bit i stands for lane i: those that are accepted, and below the threshold
   * @param distances [64] distance of each lane; not-a-number counts as +∞
   * @param firstSlot slot of lane 0; slots ascend from call to call
   */
  void offer(long lanes, float[] distances, int firstSlot) {
    for (long left = lanes; left != 0; left &= left - 1) {
      int lane = Long.numberOfTrailingZeros(left);
      if (size == keys.length) {
        makeRoom();
      }
      keys[size++] = DistanceKey.of(distances[lane], firstSlot + lane);
    }
  }

  private void makeRoom() {
    if (spare.length == 0) {
      keys = Arrays.copyOf(keys, (int) Math.min(2L * keys.length, keep));
    } else {
      cut();
    }
  }

  /** Returns whether there were candidates that were not kept. */
  boolean dropped() {
    return dropped;
  }

  /** Returns the candidates that are there. */
  int size() {
    return size;
  }

  /** Drops all but the nearest {@code keep}, and returns how many there are. */
  int finish() {
    if (size > keep) {
      cut();
    }
    return size;
  }

  /**
   * Moves the nearest of the candidates [from, size) to [from, to), in no particular order.
   *
   * @param to in (from, size]
   */
  void select(int from, int to) {
    select(from, size - 1, to - 1);
  }

  /**
   * Moves those of the candidates [from, size) that are nearer than a distance to the front of
   * them, in the order in which they are.
   *
   * @return where they end
   */
  int separate(int from, double distance) {
    int to = from;
    for (int i = from; i < size; i++) {
      long key = keys[i];
      if (DistanceKey.distance(key) < distance) {
        keys[i] = keys[to];
        keys[to++] = key;
      }
    }
    return to;
  }

  /** Returns how many candidates are nearer than a distance. */
  int nearer(double distance) {
    int count = 0;
    for (int i = 0; i < size; i++) {
      count += DistanceKey.distance(keys[i]) < distance ? 1 : 0;
    }
    return count;
  }

  /** Returns the distance of candidate {@code i}. */
  float distanceOf(int i) {
    return DistanceKey.distance(keys[i]);
  }

  /** Returns the distance of the {@code count}-th nearest candidate; count in [1, size]. */
  float distance(int count) {
    select(0, size - 1, count - 1);
    return DistanceKey.distance(keys[count - 1]);
  }

  /** Returns the slot of candidate {@code i}. */
  int slot(int i) {
    return DistanceKey.number(keys[i]);
  }

  /** Keeps the nearest {@code keep}, in no particular order. */
  // A histogram tells the bucket that the last one kept is in; the keys before it move up, and only
  // the bucket itself is selected from. No branch depends on a single key.
  private void cut() {
    if (keep < size) {
      long least = Long.MAX_VALUE;
      long most = Long.MIN_VALUE;
      for (int i = 0; i < size; i++) {
        least = Math.min(least, keys[i]);
        most = Math.max(most, keys[i]);
      }
      long range = (most >> 32) - (least >> 32);
      int shift = 32 + Math.max(0, BUCKET_BITS_END - Long.numberOfLeadingZeros(range));
      long origin = least >> 32 << 32;
      Arrays.fill(buckets, 0);
      for (int i = 0; i < size; i++) {
        buckets[(int) ((keys[i] - origin) >>> shift)]++;
      }
      int bucket = 0;
      int before = 0;
      while (before + buckets[bucket] < keep) {
        before += buckets[bucket++];
      }
      moveUp(origin, shift, bucket);
      select(before, before + buckets[bucket] - 1, keep - 1);
      size = keep;
      dropped = true;
    }
    long farthest = keys[0];
    for (int i = 1; i < size; i++) {
      farthest = Math.max(farthest, keys[i]);
    }
    threshold = DistanceKey.distance(farthest);
  }

  /** Moves the keys before a bucket to the front, and those in it behind them. */
  private void moveUp(long origin, int shift, int bucket) {
    int to = 0;
    int inBucket = 0;
    for (int i = 0; i < size; i++) {
      long key = keys[i];
      int at = (int) ((key - origin) >>> shift);
      keys[to] = key;
      spare[inBucket] = key;
      to += at < bucket ? 1 : 0;
      inBucket += at == bucket ? 1 : 0;
    }
    System.arraycopy(spare, 0, keys, to, inBucket);
  }

  /** Hoare's selection: afterwards [from, k] holds the k − from + 1 least. */
  private void select(int first, int last, int k) {
    int from = first;
    int to = last;
    while (from < to) {
      long pivot = keys[(from + to) >>> 1];
      int i = from;
      int j = to;
      while (i <= j) {
        while (keys[i] < pivot) {
          i++;
        }
        while (pivot < keys[j]) {
          j--;
        }
        if (i <= j) {
          long key = keys[i];
          keys[i++] = keys[j];
          keys[j--] = key;
        }
      }
      if (k <= j) {
        to = j;
      } else if (k >= i) {
        from = i;
      } else {
        return;
      }
    }
  }
}

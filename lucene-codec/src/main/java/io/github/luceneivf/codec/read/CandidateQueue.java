package io.github.luceneivf.codec.read;

import java.util.Arrays;

/**
 * The nearest candidates by approximate distance: a buffer that is cut back to {@code depth} by
 * selection whenever it is full, so that most candidates cost one comparison. Not thread-safe; one
 * per search.
 */
final class CandidateQueue {

  private static final int SLACK = 128;

  private final int depth;
  private final float[] distances;
  private final int[] ords;
  private int size;
  private boolean dropped;
  private float threshold = Float.POSITIVE_INFINITY;

  /**
   * Creates a queue.
   *
   * @param depth candidates kept, at least 1
   * @param most candidates that can be offered at all; saves memory when fewer than depth
   */
  CandidateQueue(int depth, int most) {
    this.depth = Math.min(depth, Math.max(most, 1));
    int capacity = Math.min(2 * this.depth + SLACK, Math.max(most, 1));
    this.distances = new float[capacity];
    this.ords = new int[capacity];
  }

  /** Returns the distance from which on candidates need not be offered. */
  float threshold() {
    return threshold;
  }

  /** Takes a candidate whose distance is below {@link #threshold} (a not-a-number counts as +∞). */
  void add(float distance, int ord) {
    if (size == distances.length) {
      cut();
      if (!(distance < threshold)) {
        dropped = true;
        return;
      }
    }
    distances[size] = Float.isNaN(distance) ? Float.POSITIVE_INFINITY : distance;
    ords[size++] = ord;
  }

  /** Notes that a candidate was not offered because of the threshold. */
  void drop() {
    dropped = true;
  }

  /** Returns whether there were candidates that were not kept. */
  boolean dropped() {
    return dropped;
  }

  /** Keeps the nearest {@code depth} and returns how many there are. */
  int finish() {
    if (size > depth) {
      cut();
    }
    sort(0, size - 1);
    return size;
  }

  /** Returns the candidates, nearest first after {@link #finish}. */
  int[] ords() {
    return ords;
  }

  private void cut() {
    if (size <= depth) {
      return;
    }
    select(0, size - 1, depth - 1);
    size = depth;
    dropped = true;
    threshold = distances[0];
    for (int i = 1; i < size; i++) {
      threshold = Math.max(threshold, distances[i]);
    }
  }

  /** Hoare's selection: afterwards [from, k] holds the k − from + 1 least. */
  private void select(int from, int to, int k) {
    while (from < to) {
      float pivot = distances[(from + to) >>> 1];
      int i = from;
      int j = to;
      while (i <= j) {
        while (distances[i] < pivot) {
          i++;
        }
        while (pivot < distances[j]) {
          j--;
        }
        if (i <= j) {
          swap(i++, j--);
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

  /** By distance, then ordinal: a total order, so that equal queries give equal hits. */
  private void sort(int from, int to) {
    long[] keys = new long[to - from + 1];
    for (int i = from; i <= to; i++) {
      int bits = Float.floatToIntBits(distances[i] + 0f);
      int sortable = bits ^ ((bits >> 31) & 0x7fffffff);
      keys[i - from] = ((long) sortable << 32) | ords[i];
    }
    Arrays.sort(keys);
    for (int i = from; i <= to; i++) {
      ords[i] = (int) keys[i - from];
    }
  }

  private void swap(int i, int j) {
    float distance = distances[i];
    distances[i] = distances[j];
    distances[j] = distance;
    int ord = ords[i];
    ords[i] = ords[j];
    ords[j] = ord;
  }
}

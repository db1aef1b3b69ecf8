// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import io.github.luceneivf.kernel.DistanceKey;
import java.util.Arrays;

/**
 * The {@code capacity} smallest distances offered, lower numbers first among equals. A binary
 * max-heap of {@link DistanceKey}s. Not thread-safe; one per selection.
 */
public final class NearestQueue {

  private final long[] heap;
  private int size;
  private float bound = Float.POSITIVE_INFINITY;

  /** Creates a queue of the {@code capacity} smallest. */
  public NearestQueue(int capacity) {
    this.heap = new long[capacity];
  }

  /** Offers a distance; not-a-number ranks last. */
  public void offer(float distance, int number) {
    if (size == heap.length && distance > bound) {
      return;
    }
    offer(DistanceKey.of(distance, number));
  }

  /** Offers all that another queue holds; that one is not changed. */
  void offerAll(NearestQueue other) {
    for (int i = 0; i < other.size; i++) {
      offer(other.heap[i]);
    }
  }

  /** Returns the distance that a further one must not exceed to be kept; +∞ while not full. */
  float bound() {
    return bound;
  }

  private void offer(long key) {
    if (size < heap.length) {
      up(size++, key);
    } else if (key < heap[0]) {
      down(key);
    } else {
      return;
    }
    if (size == heap.length) {
      bound = DistanceKey.distance(heap[0]);
    }
  }

  /** Returns the number of distances kept. */
  public int size() {
    return size;
  }

  /** Writes the numbers, smallest distance first, and empties the queue. */
  public void drain(int[] numbers) {
    Arrays.sort(heap, 0, size);
    for (int i = 0; i < size; i++) {
      numbers[i] = DistanceKey.number(heap[i]);
    }
    size = 0;
    bound = Float.POSITIVE_INFINITY;
  }

  private void up(int from, long key) {
    int at = from;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (heap[parent] >= key) {
        break;
      }
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = key;
  }

  private void down(long key) {
    int at = 0;
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size && heap[child + 1] > heap[child]) {
        child++;
      }
      if (heap[child] <= key) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = key;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.kernel.DistanceKey;
import java.util.Arrays;

/** Selects and orders the smallest of some values; lower numbers first among equals. Stateless. */
final class SmallestValues {

  private static final int BUCKETS = 256;

  private SmallestValues() {}

  /**
   * Selects the {@code count} smallest of values [0, n); not-a-number comes last.
   *
   * @param count in [1, n]
   * @param numbers receives {@code count} numbers, ascending by number
   */
  // A histogram over the range of the values tells the bucket that the last one selected is in;
  // only
  // that bucket is sorted. One pass and a little, where a heap or a quickselect mispredicts
  // branches.
  static void select(float[] values, int n, int count, int[] numbers) {
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      float value = values[i];
      if (Math.abs(value) <= Float.MAX_VALUE) {
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
    }
    double scale = max > min ? (BUCKETS - 1) / ((double) max - min) : 0;
    byte[] bucketOf = new byte[n];
    int[] sizes = new int[BUCKETS];
    for (int i = 0; i < n; i++) {
      int bucket = bucket(values[i], min, scale);
      bucketOf[i] = (byte) bucket;
      sizes[bucket]++;
    }
    int last = 0;
    int before = 0;
    while (before + sizes[last] < count) {
      before += sizes[last++];
    }
    long cut = cut(values, n, bucketOf, last, sizes[last], count - before);
    int at = 0;
    for (int i = 0; i < n && at < count; i++) {
      int bucket = bucketOf[i] & 0xff;
      if (bucket < last || (bucket == last && DistanceKey.of(values[i], i) <= cut)) {
        numbers[at++] = i;
      }
    }
  }

  private static int bucket(float value, float min, double scale) {
    if (value >= min) {
      return (int) Math.min((value - (double) min) * scale, BUCKETS - 1);
    }
    return value == Float.NEGATIVE_INFINITY ? 0 : BUCKETS - 1;
  }

  /** The key of the {@code count}-th smallest value of a bucket. */
  private static long cut(float[] values, int n, byte[] bucketOf, int bucket, int size, int count) {
    long[] keys = new long[size];
    int at = 0;
    for (int i = 0; at < size && i < n; i++) {
      if ((bucketOf[i] & 0xff) == bucket) {
        keys[at++] = DistanceKey.of(values[i], i);
      }
    }
    Arrays.sort(keys);
    return keys[count - 1];
  }

  /**
   * Orders values [0, n).
   *
   * @return [n] {@link DistanceKey}s, smallest value first
   */
  static long[] sort(float[] values, int n) {
    long[] keys = new long[n];
    for (int i = 0; i < n; i++) {
      keys[i] = DistanceKey.of(values[i], i);
    }
    Arrays.sort(keys);
    return keys;
  }
}

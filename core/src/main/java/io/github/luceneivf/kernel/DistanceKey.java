// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.kernel;

/**
 * A distance and a number as one long: keys order by distance, then by number, not-a-number last.
 * Stateless.
 */
public final class DistanceKey {

  private DistanceKey() {}

  /**
   * Returns the key of a distance and a number.
   *
   * @param number at least 0
   */
  public static long of(float distance, int number) {
    int bits = Float.floatToIntBits(distance + 0.0f);
    return (long) sortable(bits) << 32 | number;
  }

  /** Returns the distance of a key; negative zero came as zero. */
  public static float distance(long key) {
    return Float.intBitsToFloat(sortable((int) (key >> 32)));
  }

  /** Returns the number of a key. */
  public static int number(long key) {
    return (int) key;
  }

  /** Its own inverse: flips what makes negative floats sort the wrong way round. */
  private static int sortable(int bits) {
    return bits ^ (bits >> 31 & 0x7fffffff);
  }
}

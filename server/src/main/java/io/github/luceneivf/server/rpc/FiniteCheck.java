// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

/** Refuses vectors that are not finite. Stateless. */
public final class FiniteCheck {

  private FiniteCheck() {}

  /**
   * Checks rows of floats.
   *
   * @param values floats, the rows from {@code from}
   * @param count floats to check
   * @param dim floats of a row
   * @param firstOrd number of the first row
   * @throws RequestException that names the first vector and component that is not finite
   */
  public static void require(float[] values, int from, int count, int dim, long firstOrd) {
    float sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += values[i] * 0; // 0 for finite values only
    }
    if (sum == 0) {
      return;
    }
    for (int i = 0; i < count; i++) {
      float value = values[from + i];
      if (!Float.isFinite(value)) {
        throw RequestException.invalid(
            "vector "
                + (firstOrd + i / dim)
                + ": component "
                + i % dim
                + " must be finite, got: "
                + value);
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import io.github.luceneivf.probe.QueryVectors;
import org.jspecify.annotations.Nullable;

/** Checks of what a query is made of. */
final class QueryArguments {

  private QueryArguments() {}

  /**
   * Checks the name of a field.
   *
   * @throws IllegalArgumentException if it is null or empty
   */
  static void checkField(@Nullable String field) {
    if (field == null || field.isEmpty()) {
      throw new IllegalArgumentException(
          "field must be the name of a vector field, got: " + (field == null ? "null" : "\"\""));
    }
  }

  /**
   * Returns a copy of a vector.
   *
   * @throws IllegalArgumentException if it is null or empty, or a value is not finite
   */
  static float[] checkedCopy(String field, float @Nullable [] vector) {
    if (vector == null || vector.length == 0) {
      throw noDimensions(field, vector);
    }
    float[] copy = vector.clone();
    QueryVectors.checkFinite(field, copy);
    return copy;
  }

  /**
   * Returns a copy of a vector.
   *
   * @throws IllegalArgumentException if it is null or empty
   */
  static byte[] checkedCopy(String field, byte @Nullable [] vector) {
    if (vector == null || vector.length == 0) {
      throw noDimensions(field, vector);
    }
    return vector.clone();
  }

  private static IllegalArgumentException noDimensions(String field, @Nullable Object vector) {
    return new IllegalArgumentException(
        "field=\""
            + field
            + "\": vector must have at least 1 dimension, got: "
            + (vector == null ? "null" : "0"));
  }
}

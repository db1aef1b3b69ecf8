// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.data.Recall;
import java.io.IOException;

/** Judges what was found. */
interface Judge {

  /**
   * Returns recall@k of one query; equal scores are interchangeable.
   *
   * @param rows found, distinct; the first {@code count} count
   */
  double recall(int query, int[] rows, int count) throws IOException;

  /**
   * Returns the mean recall@k over a half of the queries.
   *
   * @param queries queries in both halves
   * @param rows [queries of the half × k] found, −1 where fewer were found
   */
  default double recall(Half half, int queries, int[] rows) throws IOException {
    int[] numbers = half.of(queries).toArray();
    if (rows.length != numbers.length * Recall.K) {
      throw new IllegalArgumentException(
          "rows must be of " + numbers.length + " queries, got: " + rows.length);
    }
    double sum = 0;
    int[] found = new int[Recall.K];
    for (int i = 0; i < numbers.length; i++) {
      int count = 0;
      for (int rank = 0; rank < Recall.K; rank++) {
        int row = rows[i * Recall.K + rank];
        if (row >= 0) {
          found[count++] = row;
        }
      }
      sum += recall(numbers[i], found, count);
    }
    return sum / numbers.length;
  }
}

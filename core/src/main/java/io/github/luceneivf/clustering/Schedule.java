// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

/**
 * Which rows each Lloyd iteration runs on: early ones, which only have to bring centroids near, on
 * {@value #LEAST_POINTS} rows per centroid, then on twice as many; the last {@value #LATE}, or two
 * in five if that is more, on all. Immutable.
 *
 * @param rows all rows
 * @param nlist centroids
 * @param iterations how many there are in all
 */
record Schedule(FloatMatrix rows, int nlist, int iterations) {

  /** Rows per centroid of the first iterations; doubled at each further level. */
  private static final int LEAST_POINTS = 32;

  private static final int LEVELS = 2;

  /** Iterations on all rows at the end, at least. */
  private static final int LATE = 4;

  /** A part is never smaller: on few rows there is little time to win. */
  private static final int MIN_ROWS = 1 << 13;

  /** Returns the rows of iteration {@code i}, from 0. */
  RowSet rows(int i) {
    int early = iterations - Math.max(LATE, iterations * 2 / 5);
    if (i >= early) {
      return RowSet.all(rows);
    }
    long points = (long) LEAST_POINTS << (LEVELS * i / early);
    long wanted = Math.max(MIN_ROWS, points * nlist);
    return 2 * wanted > rows.rows() ? RowSet.all(rows) : new RowSet(rows, (int) wanted);
  }

  /** Returns the last iteration that runs on the same rows as iteration {@code i}. */
  int lastLike(int i) {
    int last = i;
    while (last + 1 < iterations && rows(last + 1).equals(rows(i))) {
      last++;
    }
    return last;
  }
}

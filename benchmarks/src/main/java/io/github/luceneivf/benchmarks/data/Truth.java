// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import io.github.luceneivf.clustering.Metric;
import java.io.IOException;
import java.nio.file.Path;

/** Exact neighbours in files: rows of the base as ivecs, their nearness as fvecs. */
final class Truth {

  private Truth() {}

  /**
   * Reads neighbours.
   *
   * @param figures squared distances if the metric is {@code EUCLIDEAN}, else inner products
   * @throws DataFileException if rows differ in length, within a file or between the two
   */
  static Neighbors read(Path ordFile, Path figures, Metric metric) throws IOException {
    int[][] ords = VecsFile.ivecs(ordFile);
    float[][] values = VecsFile.floats(figures);
    int k = width(ordFile, ords);
    if (values.length != ords.length) {
      throw DataFileException.of(figures, "must have " + ords.length + " rows", values.length);
    }
    int[] flatOrds = new int[ords.length * k];
    float[] scores = new float[ords.length * k];
    for (int query = 0; query < ords.length; query++) {
      if (values[query].length != k) {
        throw DataFileException.of(
            figures, "row " + query + " must have " + k + " values", values[query].length);
      }
      for (int rank = 0; rank < k; rank++) {
        flatOrds[query * k + rank] = ords[query][rank];
        float value = values[query][rank];
        scores[query * k + rank] = metric == Metric.EUCLIDEAN ? -value : value;
      }
    }
    return new Neighbors(k, flatOrds, scores);
  }

  /** Returns the length that all rows have. */
  static int width(Path file, int[][] rows) throws DataFileException {
    if (rows.length == 0 || rows[0].length == 0) {
      throw DataFileException.of(file, "must have neighbours of a query", "none");
    }
    int k = rows[0].length;
    for (int query = 0; query < rows.length; query++) {
      if (rows[query].length != k) {
        throw DataFileException.of(
            file, "row " + query + " must have " + k + " neighbours", rows[query].length);
      }
    }
    return k;
  }
}

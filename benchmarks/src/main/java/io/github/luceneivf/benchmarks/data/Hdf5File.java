// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Node;
import io.jhdf.exceptions.HdfException;
import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A data set of ann-benchmarks (M. Aumüller, E. Bernhardsson, A. Faithfull: ANN-Benchmarks): in one
 * HDF5 file {@code train}, {@code test}, {@code neighbors} and {@code distances}, and the metric as
 * the attribute {@code distance}.
 */
public final class Hdf5File {

  private Hdf5File() {}

  /** What is done with an open file. */
  private interface Use<T> {
    T with(HdfFile hdf) throws IOException;
  }

  /**
   * Opens a data set; the base is read when it is asked for.
   *
   * @throws DataFileException if something is missing or of another type or shape
   */
  public static DataSet open(Path file) throws IOException {
    return using(
        file,
        hdf -> {
          Metric metric = metric(file, hdf);
          FloatMatrix queries = floats(file, hdf, "test");
          Neighbors neighbors = neighbors(file, hdf, metric, queries.rows());
          String name = String.valueOf(file.getFileName()).replaceFirst("\\.(hdf5|h5)$", "");
          boolean unit = metric == Metric.COSINE;
          VectorRows rows = new MatrixRows(queries);
          return new DataSet(
              name,
              metric,
              new DataSet.Queries(
                  unit ? new UnitRows(rows).matrix(0, rows.size()) : queries, neighbors),
              () -> base(file, unit),
              () -> null);
        });
  }

  private static VectorRows base(Path file, boolean unit) throws IOException {
    VectorRows rows = new MatrixRows(using(file, hdf -> floats(file, hdf, "train")));
    return unit ? new UnitRows(rows) : rows;
  }

  private static <T> T using(Path file, Use<T> use) throws IOException {
    try (HdfFile hdf = new HdfFile(file)) {
      return use.with(hdf);
    } catch (HdfException
        | BufferUnderflowException
        | BufferOverflowException
        | IllegalArgumentException
        | IndexOutOfBoundsException
        | ArithmeticException e) {
      // What the library throws on broken files; it tells no offset.
      DataFileException wrong =
          DataFileException.of(file, "must be a whole HDF5 file", String.valueOf(e));
      wrong.initCause(e);
      throw wrong;
    }
  }

  private static Metric metric(Path file, HdfFile hdf) throws IOException {
    Attribute distance = hdf.getAttribute("distance");
    Object name = distance == null ? "nothing" : distance.getData();
    return switch (String.valueOf(name)) {
      case "euclidean" -> Metric.EUCLIDEAN;
      case "angular" -> Metric.COSINE;
      default ->
          throw DataFileException.of(file, "attribute distance must be euclidean or angular", name);
    };
  }

  private static Object values(
      Path file, HdfFile hdf, String path, Class<?> type, int rows, int columns)
      throws IOException {
    Node node = hdf.getChildren().get(path);
    if (!(node instanceof Dataset dataset)) {
      throw DataFileException.of(
          file, "must have " + path + ", a data set", node == null ? "nothing" : node.getType());
    }
    int[] shape = dataset.getDimensions();
    boolean fits =
        dataset.getJavaType() == type
            && shape.length == 2
            && (rows < 0 || shape[0] == rows)
            && (columns < 0 ? shape[1] >= 1 && shape[1] <= VecsFile.MAX_DIM : shape[1] == columns);
    if (!fits) {
      throw DataFileException.of(
          file,
          path + " must be a matrix of " + type + expected(rows, columns),
          dataset.getJavaType() + " " + Arrays.toString(shape));
    }
    return dataset.getDataFlat();
  }

  private static String expected(int rows, int columns) {
    return " [" + (rows < 0 ? "n" : rows) + " × " + (columns < 0 ? "n" : columns) + "]";
  }

  private static FloatMatrix floats(Path file, HdfFile hdf, String path) throws IOException {
    float[] values = (float[]) values(file, hdf, path, float.class, -1, -1);
    int dim = ((Dataset) hdf.getChild(path)).getDimensions()[1];
    return new FloatMatrix(values, values.length / dim, dim);
  }

  private static Neighbors neighbors(Path file, HdfFile hdf, Metric metric, int queries)
      throws IOException {
    int[] ords = (int[]) values(file, hdf, "neighbors", int.class, queries, -1);
    int k = ords.length / queries;
    float[] distances = (float[]) values(file, hdf, "distances", float.class, queries, k);
    float[] scores = new float[distances.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = metric == Metric.EUCLIDEAN ? -distances[i] * distances[i] : 1 - distances[i];
    }
    return new Neighbors(k, ords, scores);
  }
}

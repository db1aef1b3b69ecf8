// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Every data set there is, by name: the real ones, the generated ones, and files of the user's.
 *
 * @param data folder of the real sets
 * @param generated folder where generated sets are kept; created when it is needed
 */
public record DataSets(Path data, Path generated) {

  private static final int NEIGHBORS = 100;
  private static final int THREADS = 2;

  /**
   * Opens a data set.
   *
   * @param name one of {@link RealSets#NAMES}; {@code clustered-1m}, {@code clustered-1mx768},
   *     {@code patches-1m} and the like, made when first asked for; a file of ann-benchmarks that
   *     ends in {@code .hdf5}; or a folder with {@code *base.*}, {@code *quer*.*} and, if it is
   *     there, {@code *groundtruth.ivecs}, Euclidean
   * @throws IllegalArgumentException if it is none of these
   * @throws IOException if a file is missing or not what it should be
   */
  public DataSet open(String name) throws IOException {
    if (RealSets.NAMES.contains(name)) {
      return new RealSets(data).open(name);
    }
    GeneratedSets made = new GeneratedSets(generated, data.resolve("fashion-mnist"));
    Optional<Recipe> recipe = made.recipe(name);
    if (recipe.isPresent()) {
      return made.open(name, recipe.get());
    }
    if (name.endsWith(".hdf5") || name.endsWith(".h5")) {
      return Hdf5File.open(Path.of(name));
    }
    if (Files.isDirectory(Path.of(name))) {
      return folder(Path.of(name), Metric.EUCLIDEAN);
    }
    throw new IllegalArgumentException(
        "data set must be one of "
            + RealSets.NAMES
            + ", or "
            + GeneratedSets.NAMES
            + ", or a file .hdf5, or a folder with base and queries, got: "
            + name);
  }

  /**
   * Opens files as the TEXMEX collections have them, or matrices of NumPy; exact neighbours are
   * searched for if there are none.
   *
   * @param metric {@code COSINE} scales vectors and queries to unit length as they are read
   * @throws IOException if a file is missing or not what it should be
   */
  public static DataSet folder(Path folder, Metric metric) throws IOException {
    VectorRows base = vectors(file(folder, "base"), metric);
    VectorRows queryRows = vectors(file(folder, "quer"), metric);
    if (queryRows.dim() != base.dim()) {
      throw DataFileException.of(
          file(folder, "quer"), "dim must be the base's, " + base.dim(), queryRows.dim());
    }
    FloatMatrix queries = queryRows.matrix(0, queryRows.size());
    String name = String.valueOf(folder.getFileName());
    List<Path> truth = files(folder, "groundtruth");
    if (!truth.isEmpty()) {
      int[][] ords = VecsFile.ivecs(truth.getFirst());
      Truth.width(truth.getFirst(), ords);
      return DataSet.of(name, metric, base, queries, ords);
    }
    Neighbors found = new ExactSearch(THREADS).find(base, queries, metric, NEIGHBORS);
    return new DataSet(name, metric, new DataSet.Queries(queries, found), () -> base, () -> null);
  }

  private static VectorRows vectors(Path file, Metric metric) throws IOException {
    String name = file.toString().toLowerCase(Locale.ROOT);
    VectorRows rows;
    if (name.endsWith(".fvecs")) {
      rows = VecsFile.fvecs(file);
    } else if (name.endsWith(".bvecs")) {
      rows = VecsFile.bvecs(file);
    } else if (name.endsWith(".npy")) {
      rows = NpyFile.open(file);
    } else {
      throw DataFileException.of(file, "name must end in .fvecs, .bvecs or .npy", name);
    }
    return metric == Metric.COSINE ? new UnitRows(rows) : rows;
  }

  private static Path file(Path folder, String part) throws IOException {
    List<Path> found = files(folder, part);
    if (found.size() != 1) {
      throw DataFileException.of(folder, "must have one file named *" + part + "*", found);
    }
    return found.getFirst();
  }

  private static List<Path> files(Path folder, String part) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).contains(part))
          .sorted()
          .toList();
    }
  }
}

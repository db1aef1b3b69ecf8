// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.data;

import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.data.RealSets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** Where the data sets lie. */
public final class DataFolder {

  /** The system property that overrides the usual places. */
  public static final String PROPERTY = "ivf.data";

  /** Beside the project, seen from a module's folder and from the project's. */
  private static final List<Path> USUAL =
      List.of(Path.of("../../shared/data"), Path.of("../shared/data"));

  private DataFolder() {}

  /** Returns the folder of a data set, if it is there. */
  public static Optional<Path> find(String dataSet) {
    String configured = System.getProperty(PROPERTY);
    List<Path> places = configured == null ? USUAL : List.of(Path.of(configured));
    return places.stream()
        .map(place -> place.resolve(dataSet))
        .filter(Files::isDirectory)
        .findFirst();
  }

  /**
   * Opens a data set; skips the running test if it is not there.
   *
   * @param dataSet one of {@link RealSets#NAMES}
   */
  public static DataSet open(String dataSet) throws IOException {
    return new RealSets(require(dataSet).resolve("..")).open(dataSet);
  }

  /** Returns the folder of a data set; skips the running test if it is not there. */
  public static Path require(String dataSet) {
    Optional<Path> folder = find(dataSet);
    Assumptions.assumeTrue(
        folder.isPresent(),
        () -> "skipped: data set " + dataSet + " not found; set -D" + PROPERTY + "=FOLDER");
    return folder.orElseThrow();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import io.github.luceneivf.clustering.Metric;
import java.io.IOException;
import java.nio.file.Path;

/** How a data set is made. The same recipe makes the same files. */
sealed interface Recipe permits ClusteredRecipe, EmbeddingRecipe, PatchRecipe {

  /** Tells recipes apart that make other files: every parameter, and a version of the code. */
  String id();

  /** Name of the base's file. */
  String base();

  /** Name of the queries' file. */
  String queries();

  /** Name of the file with one row of labels, if the recipe makes it. */
  String LABELS = "labels.ivecs";

  /** How nearness is measured. */
  default Metric metric() {
    return Metric.EUCLIDEAN;
  }

  /** Writes the files into a folder. */
  void write(Path folder) throws IOException;
}

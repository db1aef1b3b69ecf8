// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sets that are made when they are first asked for, with their exact neighbours, and kept in a
 * folder with checksums.
 *
 * @param folder where they are kept, a folder for each
 * @param images folder of Fashion-MNIST, which descriptors of patches are made from
 */
record GeneratedSets(Path folder, Path images) {

  /** What the names look like. */
  static final String NAMES =
      "clustered-N[xDIM], embeddings-N[xDIM], lengths-N[xDIM] or patches-N, for example"
          + " clustered-1m";

  private static final Pattern NAME =
      Pattern.compile("(clustered|embeddings|lengths|patches)-(\\d{1,9})(k|m|)(?:x(\\d{1,5}))?");
  private static final int DEFAULT_DIM = 128;

  /** As of many models of texts. */
  private static final int EMBEDDING_DIM = 768;

  private static final int QUERIES = 1000;
  private static final int NEIGHBORS = 100;
  private static final int THREADS = 2;
  private static final long SEED = 42;
  private static final String TRUTH = "truth.ivecs";
  private static final String FIGURES = "truth.fvecs";

  /**
   * Returns how a set of this name is made, if the name is of that kind.
   *
   * @throws IllegalArgumentException if it is but the sizes are not possible
   */
  Optional<Recipe> recipe(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int unit =
        switch (matcher.group(3)) {
          case "k" -> 1_000;
          case "m" -> 1_000_000;
          default -> 1;
        };
    int rows = Math.multiplyExact(Integer.parseInt(matcher.group(2)), unit);
    String dim = matcher.group(4);
    return Optional.of(
        switch (matcher.group(1)) {
          case "clustered" -> new ClusteredRecipe(rows, dims(dim, DEFAULT_DIM), QUERIES, SEED);
          case "embeddings" ->
              new EmbeddingRecipe(rows, dims(dim, EMBEDDING_DIM), QUERIES, false, SEED);
          case "lengths" -> new EmbeddingRecipe(rows, dims(dim, DEFAULT_DIM), QUERIES, true, SEED);
          default -> patches(rows, dim, name);
        });
  }

  private static int dims(@Nullable String dim, int usual) {
    return dim == null ? usual : Integer.parseInt(dim);
  }

  private Recipe patches(int rows, @Nullable String dim, String name) {
    if (dim != null) {
      throw new IllegalArgumentException(
          "patches have " + PatchDescriptor.DIM + " dimensions, no other number, got: " + name);
    }
    return new PatchRecipe(rows, QUERIES, SEED, images);
  }

  /** Opens a set; makes it first if it is not there or was made by another recipe. */
  DataSet open(String name, Recipe recipe) throws IOException {
    Path home = folder.resolve(name);
    if (!Files.exists(home.resolve(Manifest.FILE))
        || !Manifest.read(home).recipe().equals(recipe.id())) {
      make(recipe, home);
    }
    Manifest manifest = Manifest.read(home);
    Neighbors neighbors =
        Truth.read(
            manifest.verified(home, TRUTH), manifest.verified(home, FIGURES), recipe.metric());
    FloatMatrix queries = all(rows(manifest.verified(home, recipe.queries())));
    boolean labelled = manifest.checksums().containsKey(Recipe.LABELS);
    return new DataSet(
        name,
        recipe.metric(),
        new DataSet.Queries(queries, neighbors),
        () -> rows(manifest.verified(home, recipe.base())),
        () -> labelled ? VecsFile.ivecs(manifest.verified(home, Recipe.LABELS))[0] : null);
  }

  /** Makes a set beside its place and moves it there when it is whole. */
  private void make(Recipe recipe, Path home) throws IOException {
    Files.createDirectories(folder);
    Path unfinished = Files.createTempDirectory(folder, "unfinished-");
    try {
      recipe.write(unfinished);
      VectorRows base = rows(unfinished.resolve(recipe.base()));
      FloatMatrix queries = all(rows(unfinished.resolve(recipe.queries())));
      Metric metric = recipe.metric();
      write(new ExactSearch(THREADS).find(base, queries, metric, NEIGHBORS), metric, unfinished);
      Manifest.write(unfinished, recipe.id());
      delete(home);
      Files.move(unfinished, home);
    } finally {
      delete(unfinished);
    }
  }

  /** Figures are squared distances, or the similarities themselves: as {@link Truth} reads them. */
  private static void write(Neighbors found, Metric metric, Path folder) throws IOException {
    int sign = metric == Metric.EUCLIDEAN ? -1 : 1;
    try (VecsWriter ords = new VecsWriter(folder.resolve(TRUTH));
        VecsWriter figures = new VecsWriter(folder.resolve(FIGURES))) {
      int[] ord = new int[found.k()];
      float[] figure = new float[found.k()];
      for (int query = 0; query < found.queries(); query++) {
        for (int rank = 0; rank < found.k(); rank++) {
          ord[rank] = found.ord(query, rank);
          figure[rank] = sign * found.score(query, rank);
        }
        ords.row(ord);
        figures.row(figure);
      }
    }
  }

  private static VectorRows rows(Path file) throws IOException {
    return file.toString().endsWith(".bvecs") ? VecsFile.bvecs(file) : VecsFile.fvecs(file);
  }

  private static FloatMatrix all(VectorRows rows) {
    return rows.matrix(0, rows.size());
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Real data by name, in one folder with a folder for each: images as uint8, sentence embeddings as
 * gzipped half precision.
 *
 * @param folder the folder
 */
public record RealSets(Path folder) {

  /** Names of the sets. */
  public static final List<String> NAMES =
      List.of("fashion-mnist", "wordnet-minilm", "scifact-minilm", "cranfield-minilm");

  private static final int MINILM_DIM = 384;

  /**
   * Opens one of {@link #NAMES}.
   *
   * @throws IllegalArgumentException if it is none of them
   * @throws IOException if a file is missing or not what it should be
   */
  public DataSet open(String name) throws IOException {
    return switch (name) {
      case "fashion-mnist" -> fashionMnist();
      case "wordnet-minilm" -> wordnetMinilm();
      case "scifact-minilm", "cranfield-minilm" -> judgedMinilm(name);
      default ->
          throw new IllegalArgumentException("name must be one of " + NAMES + ", got: " + name);
    };
  }

  /** 60,000 images, 784 dimensions; 1,000 queries; the class of each image as its label. */
  private DataSet fashionMnist() throws IOException {
    Path at = folder.resolve("fashion-mnist");
    Neighbors neighbors =
        Truth.read(
            at.resolve("gt100-l2-first1000.ivecs"),
            at.resolve("gt100-l2-first1000-sqdist.fvecs"),
            Metric.EUCLIDEAN);
    VectorRows queries = IdxFile.images(at.resolve("t10k-images-idx3-ubyte.gz"));
    return new DataSet(
        "fashion-mnist",
        Metric.EUCLIDEAN,
        new DataSet.Queries(queries.matrix(0, neighbors.queries()), neighbors),
        () -> IdxFile.images(at.resolve("train-images-idx3-ubyte.gz")),
        () -> IdxFile.labels(at.resolve("train-labels-idx1-ubyte.gz")));
  }

  /** 116,791 glosses, 384 dimensions; 1,000 queries; the topic of each gloss as its label. */
  private DataSet wordnetMinilm() throws IOException {
    Path at = folder.resolve("wordnet-minilm");
    Neighbors neighbors =
        Truth.read(
            at.resolve("gt100-cosine.ivecs"), at.resolve("gt100-cosine-sim.fvecs"), Metric.COSINE);
    return new DataSet(
        "wordnet-minilm",
        Metric.COSINE,
        new DataSet.Queries(minilm(at.resolve("queries.f16.gz")), neighbors),
        () -> new UnitRows(Float16File.read(at.resolve("base.f16.gz"), MINILM_DIM)),
        () -> numbered(Tsv.read(at.resolve("base.tsv.gz")).column("lexname")));
  }

  /** Abstracts, 384 dimensions; few enough that their scores are computed here. */
  private DataSet judgedMinilm(String name) throws IOException {
    Path at = folder.resolve(name);
    FloatMatrix queries = minilm(at.resolve("queries.f16.gz"));
    VectorRows base = new UnitRows(Float16File.read(at.resolve("docs.f16.gz"), MINILM_DIM));
    int[][] ords = VecsFile.ivecs(at.resolve("gt100-cosine.ivecs"));
    return DataSet.of(name, Metric.COSINE, base, queries, ords);
  }

  private static FloatMatrix minilm(Path file) throws IOException {
    VectorRows rows = new UnitRows(Float16File.read(file, MINILM_DIM));
    return rows.matrix(0, rows.size());
  }

  /** Returns a number for each value: its place in the order of the distinct values. */
  private static int[] numbered(List<String> values) {
    Map<String, Integer> numbers = new TreeMap<>();
    values.forEach(value -> numbers.put(value, 0));
    int next = 0;
    for (Map.Entry<String, Integer> entry : numbers.entrySet()) {
      entry.setValue(next++);
    }
    return values.stream().mapToInt(numbers::get).toArray();
  }
}

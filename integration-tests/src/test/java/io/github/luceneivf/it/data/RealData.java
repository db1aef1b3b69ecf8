package io.github.luceneivf.it.data;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A data set with queries and their exact neighbours.
 *
 * @param name the folder it came from
 * @param metric {@code EUCLIDEAN}, or {@code COSINE} of unit vectors
 * @param base [n × dim], row-major
 * @param queries [queries × dim], row-major, one row per row of {@code truth}
 * @param truth [queries][100] rows of {@code base}, nearest first, shared
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record RealData(
    String name, Metric metric, FloatMatrix base, FloatMatrix queries, int[][] truth) {

  private static final int MINILM_DIM = 384;

  /** 60,000 images, 784 dims; 1,000 queries. Skips the running test where it is absent. */
  public static RealData fashionMnist() throws IOException {
    Path folder = DataFolder.require("fashion-mnist");
    int[][] truth = Ivecs.read(folder.resolve("gt100-l2-first1000.ivecs"));
    FloatMatrix all = Idx.images(folder.resolve("t10k-images-idx3-ubyte.gz"));
    return new RealData(
        "fashion-mnist",
        Metric.EUCLIDEAN,
        Idx.images(folder.resolve("train-images-idx3-ubyte.gz")),
        first(all, truth.length),
        truth);
  }

  /** 116,791 glosses, 384 dims; 1,000 queries. Skips the running test where it is absent. */
  public static RealData wordnetMinilm() throws IOException {
    return minilm("wordnet-minilm", "base");
  }

  /** 5,183 abstracts, 384 dims; 300 queries. Skips the running test where it is absent. */
  public static RealData scifactMinilm() throws IOException {
    return minilm("scifact-minilm", "docs");
  }

  private static RealData minilm(String name, String base) throws IOException {
    Path folder = DataFolder.require(name);
    return new RealData(
        name,
        Metric.COSINE,
        Float16Gz.readUnit(folder.resolve(base + ".f16.gz"), MINILM_DIM),
        Float16Gz.readUnit(folder.resolve("queries.f16.gz"), MINILM_DIM),
        Ivecs.read(folder.resolve("gt100-cosine.ivecs")));
  }

  /** Returns a copy with the first {@code count} queries only. */
  public RealData firstQueries(int count) {
    return new RealData(name, metric, base, first(queries, count), Arrays.copyOf(truth, count));
  }

  /**
   * Returns how near a base row is to a query, larger is nearer: the negated squared distance, or
   * the inner product of unit vectors. Computed in double precision.
   */
  public double nearness(int query, int row) {
    int dim = base.dim();
    float[] q = queries.values();
    float[] x = base.values();
    double sum = 0;
    for (int i = 0; i < dim; i++) {
      double a = q[query * dim + i];
      double b = x[row * dim + i];
      sum += metric == Metric.EUCLIDEAN ? -(a - b) * (a - b) : a * b;
    }
    return sum;
  }

  private static FloatMatrix first(FloatMatrix matrix, int rows) {
    int dim = matrix.dim();
    return new FloatMatrix(Arrays.copyOf(matrix.values(), rows * dim), rows, dim);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Vectors, queries, and the exact neighbours of the queries. Vectors and labels are read when they
 * are first asked for: a process that only searches never reads them. Thread-safe.
 */
public final class DataSet {

  /** Reads something when it is wanted. */
  interface Loader<T> {
    T load() throws IOException;
  }

  /** Reads labels when they are wanted. */
  interface LabelLoader {
    int @Nullable [] load() throws IOException;
  }

  /** Nearness in float agrees with that in double precision to about this much. */
  private static final double TOLERANCE = 1e-6;

  private final String name;
  private final Metric metric;
  private final FloatMatrix queries;
  private final Neighbors neighbors;
  private final Loader<VectorRows> baseLoader;
  private final LabelLoader labelLoader;
  private @Nullable VectorRows base;
  private int @Nullable [] labels;

  DataSet(
      String name, Metric metric, Queries queries, Loader<VectorRows> base, LabelLoader labels) {
    this.name = name;
    this.metric = metric;
    this.queries = queries.vectors();
    this.neighbors = queries.neighbors();
    this.baseLoader = base;
    this.labelLoader = labels;
  }

  /**
   * Queries with their truth.
   *
   * @param vectors [queries × dim]
   * @param neighbors of each of them
   */
  record Queries(FloatMatrix vectors, Neighbors neighbors) {
    Queries {
      if (vectors.rows() != neighbors.queries()) {
        throw new IllegalArgumentException(
            "neighbors must be of " + vectors.rows() + " queries, got: " + neighbors.queries());
      }
    }
  }

  /**
   * Puts a data set together from what is in memory; there are no labels.
   *
   * @param base [n × dim], of unit length if the metric is {@code COSINE}
   * @param queries [queries × dim], likewise
   * @param truth [queries][k] rows of the base, nearest first
   * @throws IllegalArgumentException if shapes do not fit or a neighbour is not a row of the base
   */
  public static DataSet of(
      String name, Metric metric, VectorRows base, FloatMatrix queries, int[][] truth)
      throws IOException {
    int k = truth[0].length;
    int[] ords = Arrays.stream(truth).flatMapToInt(Arrays::stream).toArray();
    Queries unscored = new Queries(queries, new Neighbors(k, ords, new float[ords.length]));
    DataSet set = new DataSet(name, metric, unscored, () -> base, () -> null);
    float[] scores = new float[ords.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (float) set.nearness(i / k, ords[i]);
    }
    Queries scored = new Queries(queries, new Neighbors(k, ords, scores));
    return new DataSet(name, metric, scored, () -> base, () -> null);
  }

  /** Returns the same set with the first {@code count} queries only. */
  public DataSet firstQueries(int count) {
    int length = count * neighbors.k();
    Queries first =
        new Queries(
            new MatrixRows(queries).matrix(0, count),
            new Neighbors(
                neighbors.k(),
                Arrays.copyOf(neighbors.ords(), length),
                Arrays.copyOf(neighbors.scores(), length)));
    return new DataSet(name, metric, first, this::base, this::labels);
  }

  /**
   * Returns the set of some rows with the same queries, whose exact neighbours are searched for;
   * there are no labels.
   *
   * @param rows of the base, ascending; row {@code i} of the subset is {@code rows[i]}
   * @param k neighbours of a query
   * @throws IOException if the vectors cannot be read
   */
  public DataSet subset(int[] rows, int k) throws IOException {
    VectorRows some = new SelectedRows(base(), rows);
    Neighbors found =
        new ExactSearch(Runtime.getRuntime().availableProcessors()).find(some, queries, metric, k);
    return new DataSet(name, metric, new Queries(queries, found), () -> some, () -> null);
  }

  /** Returns the name, for reports and folders. */
  public String name() {
    return name;
  }

  /** Returns the number of dimensions. */
  public int dim() {
    return queries.dim();
  }

  /** Returns {@code EUCLIDEAN}, or {@code COSINE}: then vectors and queries have unit length. */
  public Metric metric() {
    return metric;
  }

  /**
   * Returns the vectors.
   *
   * @throws IOException if they cannot be read
   */
  public synchronized VectorRows base() throws IOException {
    VectorRows rows = base;
    if (rows == null) {
      rows = baseLoader.load();
      if (rows.dim() != dim()) {
        throw new IOException(
            name + ": base must have the queries' " + dim() + " dimensions, got: " + rows.dim());
      }
      requireWithin(rows.size());
      base = rows;
    }
    return rows;
  }

  private void requireWithin(int rows) throws IOException {
    int[] ords = neighbors.ords();
    for (int i = 0; i < ords.length; i++) {
      if (ords[i] < 0 || ords[i] >= rows) {
        throw new IOException(
            name
                + ": neighbour "
                + i % neighbors.k()
                + " of query "
                + i / neighbors.k()
                + " must be in [0, "
                + rows
                + "), got: "
                + ords[i]);
      }
    }
  }

  /** Returns the queries [queries × dim]. */
  public FloatMatrix queries() {
    return queries;
  }

  /** Returns the exact neighbours of the queries. */
  public Neighbors neighbors() {
    return neighbors;
  }

  /**
   * Returns a label per vector, to filter by; {@code null} if the set has none. Shared.
   *
   * @throws IOException if they cannot be read
   */
  public synchronized int @Nullable [] labels() throws IOException {
    int[] read = labels;
    if (read == null) {
      read = labelLoader.load();
      if (read != null && read.length != base().size()) {
        throw new IOException(
            name + ": labels must be of " + base().size() + " vectors, got: " + read.length);
      }
      labels = read;
    }
    return read;
  }

  /**
   * Returns how near a vector is to a query, larger is nearer: the negated squared distance, or the
   * inner product. Computed in double precision.
   *
   * @throws IOException if the vectors cannot be read
   */
  public double nearness(int query, int ord) throws IOException {
    return ExactSearch.nearness(metric, queries.row(query), base().row(ord));
  }

  /**
   * Returns the share of the {@code k} exact neighbours of a query that were found. A vector counts
   * if it is as near as the k-th neighbour, so that equal distances are interchangeable.
   *
   * @param found rows of the base, distinct; only the first {@code min(count, k)} are looked at
   * @throws IOException if the vectors cannot be read
   */
  public double recall(int query, int[] found, int count, int k) throws IOException {
    double kth = nearness(query, neighbors.ord(query, k - 1));
    double allowed = kth - TOLERANCE * Math.abs(kth);
    int hits = 0;
    for (int i = 0; i < Math.min(count, k); i++) {
      hits += nearness(query, found[i]) >= allowed ? 1 : 0;
    }
    return (double) hits / k;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import static io.github.luceneivf.clustering.ClusteringListener.Phase.BALANCE;
import static io.github.luceneivf.clustering.ClusteringListener.Phase.INITIALIZE;
import static io.github.luceneivf.clustering.ClusteringListener.Phase.ITERATE;

import io.github.luceneivf.clustering.ClusteringReport.Stop;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * K-means with balanced lists.
 *
 * <ol>
 *   <li>First centroids: {@link Seeding}, or {@link HierarchicalKMeans} for more than {@value
 *       #FLAT_LISTS} lists.
 *   <li>Lloyd iterations ({@link Lloyd}), early ones on part of the rows ({@link Schedule}), later
 *       ones with the centroids around each row's own ({@link NearbyAssigner}), until the objective
 *       falls by less than the tolerance; then an exact assignment of all rows. A list that got
 *       empty is re-seeded by splitting the heaviest ({@link ListSplitter}).
 *   <li>Lists over the cap are split, cheap ones dissolved ({@link Balancer}).
 *   <li>Lists are numbered so that neighbours are near each other ({@link CentroidOrder}).
 * </ol>
 *
 * <p>A warm start replaces the first two steps: {@link WarmStart}, then two iterations.
 *
 * <p>With no more distinct vectors than lists, each distinct vector is a centroid and nothing
 * iterates. The same rows, parameters and seed give the same bytes, whatever the threads.
 */
public final class KMeans {

  static final int FLAT_LISTS = 2048;

  /** Flat iterations after a hierarchical or a warm start. */
  private static final int REFINEMENTS = 2;

  private final FloatMatrix rows;
  private final KMeansParams params;
  private final ClusteringListener listener;
  private final Workers workers;
  private final Lloyd lloyd;
  private final DoubleStream.Builder objectives = DoubleStream.builder();
  private final DoubleStream.Builder shifts = DoubleStream.builder();
  private double objective = Double.NaN;
  private int emptyLists;
  private int repairedLists;

  private KMeans(
      FloatMatrix rows, KMeansParams params, ClusteringListener listener, Workers workers) {
    this.rows = rows;
    this.params = params;
    this.listener = listener;
    this.workers = workers;
    this.lloyd = new Lloyd(rows, workers);
  }

  /**
   * Clusters vectors.
   *
   * @param rows [n × dim] vectors in their {@link VectorSpace}, at least one, all finite; not
   *     modified
   * @param listener called by this thread; what it throws ends the clustering
   * @return at most {@code params.nlist()} centroids: fewer where there are fewer distinct vectors
   * @throws IOException what {@code listener} threw
   * @throws IllegalArgumentException if there is no row
   */
  public static Clustering cluster(
      FloatMatrix rows, KMeansParams params, ClusteringListener listener) throws IOException {
    return cluster(rows, params, listener, FLAT_LISTS);
  }

  /**
   * Clusters vectors with workers that are there already; {@code params.threads()} is ignored.
   *
   * @throws IOException what {@code listener} threw
   */
  public static Clustering cluster(
      FloatMatrix rows, KMeansParams params, ClusteringListener listener, Workers workers)
      throws IOException {
    return cluster(rows, params, listener, workers, Start.fresh(FLAT_LISTS));
  }

  /**
   * Clusters vectors from the centroids of an older clustering: {@link WarmStart}, two Lloyd
   * iterations, and balanced, ordered and judged as any other.
   *
   * @param old [any × dim] centroids, at least one, in the space of {@code rows}
   * @throws IOException what {@code listener} threw
   * @throws IllegalArgumentException if {@code old} is empty or of another dimension
   */
  public static Clustering refine(
      FloatMatrix rows,
      FloatMatrix old,
      KMeansParams params,
      ClusteringListener listener,
      Workers workers)
      throws IOException {
    if (old.rows() < 1 || old.dim() != rows.dim()) {
      throw new IllegalArgumentException(
          "old centroids must be at least 1 of dim "
              + rows.dim()
              + ", got: "
              + old.rows()
              + " of dim "
              + old.dim());
    }
    return cluster(rows, params, listener, workers, new Start(FLAT_LISTS, old));
  }

  static Clustering cluster(
      FloatMatrix rows, KMeansParams params, ClusteringListener listener, int flatLists)
      throws IOException {
    try (Workers workers = new Workers(params.threads())) {
      return cluster(rows, params, listener, workers, Start.fresh(flatLists));
    }
  }

  private static Clustering cluster(
      FloatMatrix rows,
      KMeansParams params,
      ClusteringListener listener,
      Workers workers,
      Start from)
      throws IOException {
    if (rows.rows() < 1) {
      throw new IllegalArgumentException("rows must be at least 1, got: 0");
    }
    long start = System.nanoTime();
    listener.progress(INITIALIZE, 0, Double.NaN);
    DistinctRows distinct = new DistinctRows(rows);
    int[] numbers =
        distinct.numberAll(params.nlist(), _ -> listener.progress(INITIALIZE, 0, Double.NaN));
    if (numbers.length > 0) {
      listener.progress(BALANCE, 100, 0);
      return allDistinct(distinct.values(), numbers, params, listener, start);
    }
    return new KMeans(rows, params, listener, workers).run(from, start);
  }

  private static Clustering allDistinct(
      FloatMatrix values,
      int[] numbers,
      KMeansParams params,
      ClusteringListener listener,
      long start)
      throws IOException {
    int[] order = CentroidOrder.order(values, _ -> listener.progress(BALANCE, 100, 0));
    Assignment assignment =
        CentroidOrder.renumber(
            Assignment.of(numbers, new float[numbers.length], values.rows()), order);
    int cap = Balancer.cap(numbers.length, values.rows(), params.maxListFactor());
    int duplicates = (int) IntStream.of(assignment.sizes()).filter(s -> s > cap).count();
    ClusteringReport report =
        new ClusteringReport(
            Stop.ALL_DISTINCT,
            new double[] {0},
            new double[0],
            0,
            0,
            0,
            duplicates,
            ListSizes.of(assignment.sizes()),
            since(start),
            Duration.ZERO,
            Duration.ZERO);
    return new Clustering(CentroidOrder.permute(values, order), assignment, report);
  }

  private Clustering run(Start from, long start) throws IOException {
    FloatMatrix first = first(from);
    Duration initialization = since(start);
    long iterating = System.nanoTime();
    int iterations =
        from.isFlat(params)
            ? params.maxIterations()
            : Math.min(REFINEMENTS, params.maxIterations());
    Iterated iterated = iterate(first, iterations);
    Duration iteration = since(iterating);
    long balancing = System.nanoTime();
    Balancer balancer = new Balancer(rows, params.nlist(), params, workers, lloyd);
    Balancer.State balanced =
        balancer.balance(
            iterated.state(), share -> listener.progress(BALANCE, 100 * share, objective));
    int[] order =
        CentroidOrder.order(balanced.centroids(), _ -> listener.progress(BALANCE, 99, objective));
    Assignment assignment = CentroidOrder.renumber(balanced.assignment(), order);
    listener.progress(BALANCE, 100, assignment.objective());
    objectives.add(assignment.objective());
    ClusteringReport report =
        new ClusteringReport(
            iterated.stop(),
            objectives.build().toArray(),
            shifts.build().toArray(),
            emptyLists + balancer.emptyLists(),
            repairedLists + balancer.repairedLists(),
            balancer.splitLists(),
            balancer.duplicateLists(),
            ListSizes.of(assignment.sizes()),
            initialization,
            iteration,
            since(balancing));
    return new Clustering(CentroidOrder.permute(balanced.centroids(), order), assignment, report);
  }

  private FloatMatrix first(Start from) throws IOException {
    Workers.Tick tick = share -> listener.progress(INITIALIZE, 100 * share, objective);
    int nlist = params.nlist();
    long seed = params.seed();
    if (from.old != null) {
      return WarmStart.choose(rows, from.old, nlist, seed, workers, tick);
    }
    return from.isFlat(params)
        ? Seeding.choose(rows, nlist, seed, workers, tick)
        : HierarchicalKMeans.choose(rows, nlist, seed, workers, tick);
  }

  private Iterated iterate(FloatMatrix first, int iterations) throws IOException {
    Schedule schedule = new Schedule(rows, first.rows(), iterations);
    State state = new State(first, null, RowSet.all(rows));
    Stop stop = Stop.MAX_ITERATIONS;
    boolean repaired = false;
    for (int i = 0; i < iterations; i++) {
      int done = i;
      Workers.Tick tick =
          share -> listener.progress(ITERATE, 100 * (done + share) / (iterations + 1), objective);
      RowSet set = schedule.rows(i);
      boolean same = state.assignment() != null && state.set().equals(set);
      Assignment assignment = assign(state, set, tick);
      double before = objective;
      objective = assignment.objective();
      if (same && !repaired && before - objective <= params.tolerance() * before) {
        if (set.isAll()) {
          stop = Stop.CONVERGED;
          break;
        }
        i = schedule.lastLike(i);
      }
      objectives.add(objective);
      ListMembers members = ListMembers.of(assignment, set);
      FloatMatrix moved = lloyd.means(members, state.centroids(), _ -> tick.tick(1));
      repaired = repair(members, moved, i, tick);
      shifts.add(Lloyd.shift(state.centroids(), moved));
      state = new State(moved, assignment, set);
    }
    double last = (double) iterations / (iterations + 1);
    Assignment assignment =
        lloyd.assign(
            state.centroids(),
            share -> listener.progress(ITERATE, 100 * (last + share * (1 - last)), objective));
    objective = assignment.objective();
    return new Iterated(new Balancer.State(state.centroids(), assignment), stop);
  }

  /** Assigns exactly, or nearby the lists that all rows had before where that is less work. */
  private Assignment assign(State state, RowSet set, Workers.Tick tick) throws IOException {
    FloatMatrix centroids = state.centroids();
    return set.isAll()
            && state.set().isAll()
            && state.assignment() != null
            && centroids.rows() > 2 * Lloyd.NEARBY
        ? lloyd.assignNearby(centroids, state.assignment(), tick)
        : lloyd.assign(centroids, set, tick);
  }

  /**
   * Centroids between iterations.
   *
   * @param assignment of {@code set} to the centroids before they moved; null at the start
   * @param set rows of the last iteration
   */
  private record State(FloatMatrix centroids, @Nullable Assignment assignment, RowSet set) {}

  /** Re-seeds empty lists; returns whether there were any. Changes {@code centroids} in place. */
  private boolean repair(ListMembers members, FloatMatrix centroids, int step, Workers.Tick tick)
      throws IOException {
    int[] empty = IntStream.range(0, centroids.rows()).filter(l -> members.size(l) == 0).toArray();
    if (empty.length == 0) {
      return false;
    }
    ListSplitter.Outcome outcome =
        new ListSplitter(rows, workers)
            .fill(
                members,
                empty,
                _ -> true,
                centroids.values(),
                Lloyd.seed(params.seed(), step),
                tick);
    emptyLists += empty.length;
    repairedLists += outcome.used();
    return true;
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /**
   * Where first centroids come from.
   *
   * @param flatLists lists up to which they are seeded flat
   * @param old centroids of an older clustering; null for a fresh start
   */
  private record Start(int flatLists, @Nullable FloatMatrix old) {
    static Start fresh(int flatLists) {
      return new Start(flatLists, null);
    }

    boolean isFlat(KMeansParams params) {
      return old == null && params.nlist() <= flatLists;
    }
  }

  /** Where the iterations ended. */
  private record Iterated(Balancer.State state, Stop stop) {}
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import com.sun.management.ThreadMXBean;
import io.github.luceneivf.benchmarks.contender.OpenIndex;
import io.github.luceneivf.benchmarks.data.Recall;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * Asks the same queries over and over on the calling thread and takes the time. One per setting;
 * not thread-safe.
 */
final class QueryLoop {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final OpenIndex.Search search;
  private final float[][] queries;
  private final int[] numbers;

  QueryLoop(OpenIndex.Search search, float[][] queries) {
    this(search, queries, IntStream.range(0, queries.length).toArray());
  }

  /**
   * Makes a loop of queries that may have filters of their own.
   *
   * @param numbers of the queries in their data set
   */
  QueryLoop(OpenIndex.Search search, float[][] queries, int[] numbers) {
    this.search = search;
    this.queries = queries;
    this.numbers = numbers;
  }

  /** Returns a loop over the first queries only. */
  QueryLoop firstOf(int limit) {
    return new QueryLoop(search, Arrays.copyOf(queries, Math.min(limit, queries.length)), numbers);
  }

  /** Returns the time of one query of a pass in microseconds. */
  double microsPerQuery(long nanosPerPass) {
    return nanosPerPass / 1e3 / queries.length;
  }

  /** Wall and CPU time of something, in nanoseconds. */
  record Time(long wall, long cpu) {}

  /** Asks every query once. */
  Time pass() throws IOException {
    long cpu = THREADS.getCurrentThreadCpuTime();
    long wall = System.nanoTime();
    for (int i = 0; i < queries.length; i++) {
      search.rows(queries[i], numbers[i]);
    }
    return new Time(System.nanoTime() - wall, THREADS.getCurrentThreadCpuTime() - cpu);
  }

  /**
   * What was found.
   *
   * @param rows [queries × k], −1 where fewer were found
   * @param time of the pass
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  record Answers(int[] rows, Time time) {}

  /** Asks every query once and keeps what is found. */
  Answers answers() throws IOException {
    int[] rows = new int[queries.length * Recall.K];
    Arrays.fill(rows, -1);
    long cpu = THREADS.getCurrentThreadCpuTime();
    long wall = System.nanoTime();
    for (int i = 0; i < queries.length; i++) {
      int[] found = search.rows(queries[i], numbers[i]);
      System.arraycopy(found, 0, rows, i * Recall.K, Math.min(found.length, Recall.K));
    }
    Time time = new Time(System.nanoTime() - wall, THREADS.getCurrentThreadCpuTime() - cpu);
    return new Answers(rows, time);
  }

  /** Returns the CPU time of each query in nanoseconds, ascending. */
  long[] latencies() throws IOException {
    long[] latencies = new long[queries.length];
    for (int i = 0; i < queries.length; i++) {
      long before = THREADS.getCurrentThreadCpuTime();
      search.rows(queries[i], numbers[i]);
      latencies[i] = THREADS.getCurrentThreadCpuTime() - before;
    }
    Arrays.sort(latencies);
    return latencies;
  }

  /** Returns the bytes that a query allocates on this thread, on average. */
  double allocatedPerQuery() throws IOException {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    pass();
    return (double) (THREADS.getCurrentThreadAllocatedBytes() - before) / queries.length;
  }

  /** Returns the vectors that a query looks at, on average; NaN if it does not tell. */
  double visitedPerQuery() throws IOException {
    long visited = 0;
    for (float[] query : queries) {
      OptionalLong one = search.visited(query);
      if (one.isEmpty()) {
        return Double.NaN;
      }
      visited += one.getAsLong();
    }
    return (double) visited / queries.length;
  }
}

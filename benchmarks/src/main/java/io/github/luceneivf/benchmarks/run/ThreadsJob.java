// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.OpenIndex;
import io.github.luceneivf.benchmarks.contender.Setting;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Searches on several threads at once, each over all queries again and again.
 *
 * @param threads how many
 * @param passes over the queries that each makes
 */
record ThreadsJob(Setting setting, int threads, int passes) implements Job<ThreadsJob.Speed> {

  /**
   * Queries per second of all threads together.
   *
   * @param byCpu each thread's by its own CPU time: what an idle machine would do
   * @param byWall by the clock on the wall, until the last thread is done
   */
  record Speed(double byCpu, double byWall) {}

  @Override
  public Class<Speed> answer() {
    return Speed.class;
  }

  @Override
  public Speed run(WorkerState state) throws IOException {
    float[][] queries = state.queries(Half.REPORT);
    OpenIndex.Search search = state.search(setting, null);
    CyclicBarrier start = new CyclicBarrier(threads);
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<QueryLoop.Time>> times = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        times.add(pool.submit(() -> loop(new QueryLoop(search, queries), start)));
      }
      double perThread = (double) queries.length * passes;
      double byCpu = 0;
      double byWall = Double.POSITIVE_INFINITY;
      for (Future<QueryLoop.Time> time : times) {
        byCpu += perThread / (time.get().cpu() / 1e9);
        byWall = Math.min(byWall, threads * perThread / (time.get().wall() / 1e9));
      }
      return new Speed(byCpu, byWall);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while searching on " + threads + " threads", e);
    } catch (ExecutionException e) {
      throw new IOException("search failed on one of " + threads + " threads", e.getCause());
    }
  }

  private QueryLoop.Time loop(QueryLoop loop, CyclicBarrier start) throws Exception {
    start.await();
    long cpu = 0;
    long wall = 0;
    for (int pass = 0; pass < passes; pass++) {
      QueryLoop.Time time = loop.pass();
      cpu += time.cpu();
      wall += time.wall();
    }
    return new QueryLoop.Time(wall, cpu);
  }
}

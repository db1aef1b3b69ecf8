// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The calling thread and {@code threads − 1} helpers that share ranges of work. Helpers live from
 * construction to {@link #close()}; with one thread there are none. A task must give the same
 * result whichever worker runs a range, and in whatever order ranges run.
 */
public final class Workers implements AutoCloseable {

  private final int threads;
  private final @Nullable ExecutorService helpers;

  /** Starts {@code threads − 1} helpers. */
  public Workers(int threads) {
    this.threads = threads;
    this.helpers =
        threads == 1
            ? null
            : Executors.newFixedThreadPool(
                threads - 1, Thread.ofPlatform().daemon().name("ivf-clustering-", 1).factory());
  }

  /** Returns the number of workers; they are numbered from 0. */
  public int count() {
    return threads;
  }

  /**
   * Splits {@code [0, n)} into ranges of {@code step} and has each run once.
   *
   * @param tick called by the calling thread after each range of its own with the share done
   * @throws IOException what {@code tick} threw; by then no range is running any more
   */
  public void run(int n, int step, Task task, Tick tick) throws IOException {
    int ranges = (int) (((long) n + step - 1) / step);
    AtomicInteger next = new AtomicInteger();
    List<Future<?>> running = new ArrayList<>();
    if (helpers != null) {
      for (int w = 1; w < Math.min(threads, ranges); w++) {
        int worker = w;
        running.add(helpers.submit(() -> drain(n, step, next, worker, task, null)));
      }
    }
    try {
      drain(n, step, next, 0, task, tick);
    } finally {
      next.set(ranges);
      join(running);
    }
  }

  private static @Nullable Void drain(
      int n, int step, AtomicInteger next, int worker, Task task, @Nullable Tick tick)
      throws IOException {
    int ranges = (int) (((long) n + step - 1) / step);
    for (int r = next.getAndIncrement(); r < ranges; r = next.getAndIncrement()) {
      int from = r * step;
      task.run(worker, from, Math.min(n - from, step) + from);
      if (tick != null) {
        tick.tick((double) (r + 1) / ranges);
      }
    }
    return null;
  }

  /** Waits for all, even when interrupted: a range is short and uses the caller's arrays. */
  private static void join(List<Future<?>> running) {
    boolean interrupted = false;
    for (Future<?> future : running) {
      boolean done = false;
      while (!done) {
        try {
          future.get();
          done = true;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw new IllegalStateException("a clustering worker failed", e.getCause());
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    if (helpers != null) {
      helpers.close();
    }
  }

  /** Work on a range. */
  @FunctionalInterface
  public interface Task {
    /** Does {@code [from, to)} as worker number {@code worker}. */
    void run(int worker, int from, int to);
  }

  /** Told how far the work is. */
  @FunctionalInterface
  public interface Tick {
    /** Nobody listens. */
    Tick NONE = _ -> {};

    /**
     * Takes the share done, in [0, 1].
     *
     * @throws IOException to stop the work
     */
    void tick(double share) throws IOException;
  }
}

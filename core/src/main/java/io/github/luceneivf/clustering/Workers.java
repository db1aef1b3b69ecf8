// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The calling thread and {@code threads − 1} helpers that share ranges of work. Helpers live from
 * construction to {@link #close()}; with one thread there are none. A task must give the same
 * result whichever worker runs a range, and in whatever order ranges run. One run at a time.
 *
 * <p>A run that is told to stop ends with the ranges that are running. A range is short, or asks
 * {@link #check} on its way.
 */
public final class Workers implements AutoCloseable {

  /** How often the calling thread asks whether to go on while it waits for helpers. */
  private static final long WAIT_MILLIS = 10;

  private final int threads;
  private final @Nullable ExecutorService helpers;
  private volatile boolean stopped;
  private Tick tick = Tick.NONE;
  private double share;

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
   * @param tick called by the calling thread after each range of its own with the share done, and
   *     while it waits for those of others
   * @throws IOException what {@code tick} threw; by then no range is running any more
   */
  public void run(int n, int step, Task task, Tick tick) throws IOException {
    int ranges = (int) (((long) n + step - 1) / step);
    AtomicInteger next = new AtomicInteger();
    List<Future<?>> running = new ArrayList<>();
    this.tick = tick;
    share = 0;
    stopped = false;
    if (helpers != null) {
      for (int w = 1; w < Math.min(threads, ranges); w++) {
        int worker = w;
        running.add(helpers.submit(() -> drain(n, step, next, worker, task)));
      }
    }
    boolean done = false;
    try {
      drain(n, step, next, 0, task);
      await(running);
      done = true;
    } finally {
      stopped = !done;
      next.set(ranges);
      join(running);
    }
  }

  private @Nullable Void drain(int n, int step, AtomicInteger next, int worker, Task task)
      throws IOException {
    int ranges = (int) (((long) n + step - 1) / step);
    for (int r = next.getAndIncrement(); r < ranges; r = next.getAndIncrement()) {
      int from = r * step;
      task.run(worker, from, Math.min(n - from, step) + from);
      if (worker == 0) {
        share = (double) (r + 1) / ranges;
        tick.tick(share);
      }
    }
    return null;
  }

  /**
   * Returns if a range that takes long should go on.
   *
   * @param worker who runs it
   * @throws IOException to stop; the task lets it pass
   */
  void check(int worker) throws IOException {
    if (worker == 0) {
      tick.tick(share);
    } else if (stopped) {
      throw new StoppedException();
    }
  }

  /** Ends a range of a helper; the calling thread throws what it was told itself. */
  private static final class StoppedException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** Waits for the ranges of helpers, asking meanwhile; what they threw is for {@link #join}. */
  private void await(List<Future<?>> running) throws IOException {
    for (Future<?> future : running) {
      while (!future.isDone()) {
        try {
          future.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          tick.tick(share);
        } catch (InterruptedException | ExecutionException e) {
          if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt(); // join waits all the same
          }
          return;
        }
      }
    }
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
          if (!(e.getCause() instanceof StoppedException)) {
            throw new IllegalStateException("a clustering worker failed", e.getCause());
          }
          done = true;
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
    /**
     * Does {@code [from, to)} as worker number {@code worker}.
     *
     * @throws IOException what {@link Workers#check} threw
     */
    void run(int worker, int from, int to) throws IOException;
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

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.fit;

import io.github.luceneivf.codebook.AbortCheck;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.util.ThreadInterruptedException;

/**
 * Lets one flush or merge at a time train a codebook of a field. Whoever was let in, or has waited,
 * asks again what there is to do: the one before may have left a codebook.
 *
 * <p>Who waits for whom: a flush for a flush, which trains in this process and with few vectors; a
 * merge that cannot do without a codebook for everybody, and hears that it is aborted meanwhile. A
 * flush never waits for a merge, which may train for minutes, or elsewhere; nor does a merge that
 * only wants a new version.
 *
 * <p>Nobody waits in a circle. Visits do not nest: a thread that is inside one gate visits no
 * other. And nobody is inside while it writes: Lucene's scheduler holds a large merge at its next
 * write until a smaller one has ended, which may be the one that waits here. Thread-safe.
 */
public final class TrainingGate {

  /** How often a merge that waits asks whether to go on. */
  private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private enum Holder {
    NOBODY,
    FLUSH,
    MERGE
  }

  private Holder holder = Holder.NOBODY;

  TrainingGate() {}

  /** Returns a visit that is not let in yet. */
  public Visit visit() {
    return new Visit();
  }

  private synchronized boolean take(Holder who) {
    if (holder != Holder.NOBODY) {
      return false;
    }
    holder = who;
    return true;
  }

  private synchronized boolean takeUnlessMerging() {
    boolean interrupted = false;
    while (holder == Holder.FLUSH) {
      try {
        wait();
      } catch (InterruptedException _) {
        interrupted = true; // a flush goes on, as it would were it alone
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return take(Holder.FLUSH);
  }

  /** Returns once nobody is inside, or it is time to ask whether to go on. */
  private synchronized void waitForChange() {
    long end = System.nanoTime() + CHECK_NANOS;
    for (long left = CHECK_NANOS;
        holder != Holder.NOBODY && left > 0;
        left = end - System.nanoTime()) {
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        throw new ThreadInterruptedException(e);
      }
    }
  }

  private synchronized void leave() {
    holder = Holder.NOBODY;
    notifyAll();
  }

  /**
   * A flush or merge at the gate; whoever is inside leaves by closing it. Confined to one thread.
   */
  public final class Visit implements AutoCloseable {

    private boolean inside;

    private Visit() {}

    /** Lets a flush in, after other flushes; returns false at once while a merge trains. */
    public boolean enterFlush() {
      inside = takeUnlessMerging();
      return inside;
    }

    /** Lets a merge in if nobody trains; returns whether it did. */
    public boolean tryEnterMerge() {
      inside = take(Holder.MERGE);
      return inside;
    }

    /**
     * Lets a merge in once nobody trains.
     *
     * @param abort asked several times a second
     * @throws IOException what {@code abort} threw
     * @throws ThreadInterruptedException if the thread is interrupted
     */
    public void enterMerge(AbortCheck abort) throws IOException {
      abort.check();
      while (!tryEnterMerge()) {
        waitForChange();
        abort.check();
      }
    }

    /** Leaves, and lets the next one in; without effect outside, or again. */
    @Override
    public void close() {
      if (inside) {
        inside = false;
        leave();
      }
    }
  }
}

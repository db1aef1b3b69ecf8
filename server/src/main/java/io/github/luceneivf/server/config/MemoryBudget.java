// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.config;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Memory that requests share. Whoever is about to allocate reserves first, so that a request that
 * does not fit fails before the process does. A {@linkplain #part part} of a budget is what some
 * requests may have at most, so that the rest is left for others. Thread-safe.
 */
public final class MemoryBudget {

  private final @Nullable MemoryBudget whole;
  private final long totalBytes;
  private final AtomicLong usedBytes = new AtomicLong();

  /** Creates a budget. */
  public MemoryBudget(long totalBytes) {
    this(null, totalBytes);
  }

  private MemoryBudget(@Nullable MemoryBudget whole, long totalBytes) {
    this.whole = whole;
    this.totalBytes = totalBytes;
  }

  /**
   * Returns a budget that draws from this one.
   *
   * @param mostBytes most that may be reserved from it at a time
   */
  public MemoryBudget part(long mostBytes) {
    return new MemoryBudget(this, Math.min(mostBytes, totalBytes));
  }

  /** Returns what is reserved now, in bytes. */
  public long usedBytes() {
    return usedBytes.get();
  }

  /** Returns what could be reserved now, in bytes. */
  public long freeBytes() {
    long free = totalBytes - usedBytes.get();
    return whole == null ? free : Math.min(free, whole.freeBytes());
  }

  /**
   * Reserves memory.
   *
   * @param bytes at least 0
   * @return what gives it back, or empty if there is not enough left
   */
  public Optional<Reservation> reserve(long bytes) {
    return take(bytes) ? Optional.of(new Reservation(bytes)) : Optional.empty();
  }

  private boolean take(long bytes) {
    while (true) {
      long used = usedBytes.get();
      if (bytes > totalBytes - used) {
        return false;
      }
      if (usedBytes.compareAndSet(used, used + bytes)) {
        break;
      }
    }
    if (whole != null && !whole.take(bytes)) {
      usedBytes.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  private void giveBack(long bytes) {
    usedBytes.addAndGet(-bytes);
    if (whole != null) {
      whole.giveBack(bytes);
    }
  }

  /** Reserved memory; closing it gives it back, once. Thread-safe. */
  public final class Reservation implements AutoCloseable {
    private long bytes;
    private boolean closed;

    private Reservation(long bytes) {
      this.bytes = bytes;
    }

    /**
     * Makes it larger or smaller.
     *
     * @param newBytes at least 0
     * @return whether it is so now; otherwise there is not enough left, or it was given back
     */
    public synchronized boolean resize(long newBytes) {
      if (closed) {
        return false;
      }
      if (newBytes > bytes) {
        if (!take(newBytes - bytes)) {
          return false;
        }
      } else {
        giveBack(bytes - newBytes);
      }
      bytes = newBytes;
      return true;
    }

    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        giveBack(bytes);
      }
    }
  }
}

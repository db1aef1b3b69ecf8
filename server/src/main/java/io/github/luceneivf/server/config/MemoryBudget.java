// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.config;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory that requests share. Whoever is about to allocate reserves first, so that a request that
 * does not fit fails before the process does. Thread-safe.
 */
public final class MemoryBudget {

  private final long totalBytes;
  private final AtomicLong usedBytes = new AtomicLong();

  /** Creates a budget. */
  public MemoryBudget(long totalBytes) {
    this.totalBytes = totalBytes;
  }

  /** Returns the whole budget, in bytes. */
  public long totalBytes() {
    return totalBytes;
  }

  /** Returns what is reserved now, in bytes. */
  public long usedBytes() {
    return usedBytes.get();
  }

  /**
   * Reserves memory.
   *
   * @param bytes at least 0
   * @return what gives it back, or empty if there is not enough left
   */
  public Optional<Reservation> reserve(long bytes) {
    while (true) {
      long used = usedBytes.get();
      if (bytes > totalBytes - used) {
        return Optional.empty();
      }
      if (usedBytes.compareAndSet(used, used + bytes)) {
        return Optional.of(new Reservation(bytes));
      }
    }
  }

  /** Reserved memory; closing it gives it back, once. Thread-safe. */
  public final class Reservation implements AutoCloseable {
    private final long bytes;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Reservation(long bytes) {
      this.bytes = bytes;
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        usedBytes.addAndGet(-bytes);
      }
    }
  }
}

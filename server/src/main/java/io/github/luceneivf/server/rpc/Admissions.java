// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

import io.github.luceneivf.server.config.MemoryBudget;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/** Room for calls that go on for a while: so many at a time, in a memory budget. Thread-safe. */
public final class Admissions {

  private final String calls;
  private final String use;
  private final int most;
  private final MemoryBudget memory;
  private final Semaphore free;

  /**
   * Creates the room.
   *
   * @param calls what is admitted, for messages; in the plural
   * @param use what memory is for, for messages
   * @param most calls at a time
   * @param memory shared with others
   */
  public Admissions(String calls, String use, int most, MemoryBudget memory) {
    this.calls = calls;
    this.use = use;
    this.most = most;
    this.memory = memory;
    this.free = new Semaphore(most);
  }

  /**
   * Makes room for a call.
   *
   * @param bytes of memory until it ends
   * @throws RequestException if there is none
   */
  public Admission admit(long bytes) {
    if (!free.tryAcquire()) {
      throw RequestException.exhausted(calls + " must be at most " + most + ", got: " + (most + 1));
    }
    MemoryBudget.Reservation reservation = memory.reserve(bytes).orElse(null);
    if (reservation == null) {
      free.release();
      throw RequestException.exhausted(
          use
              + " memory must be at most "
              + (memory.totalBytes() - memory.usedBytes())
              + " bytes now, got: "
              + bytes);
    }
    return new Admission(reservation);
  }

  /** Returns the number of calls that have room. */
  public int open() {
    return most - free.availablePermits();
  }

  /** Room for one call; closing it gives it back, once. */
  public final class Admission implements AutoCloseable {
    private final MemoryBudget.Reservation reservation;
    private final AtomicBoolean released = new AtomicBoolean();

    private Admission(MemoryBudget.Reservation reservation) {
      this.reservation = reservation;
    }

    @Override
    public void close() {
      if (released.compareAndSet(false, true)) {
        reservation.close();
        free.release();
      }
    }
  }
}

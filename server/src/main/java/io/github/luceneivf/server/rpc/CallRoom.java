// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.config.MemoryBudget;
import io.github.luceneivf.server.config.ServerConfig.Times;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Room for calls that go on for a while: so many at a time, not all of one connection, in a memory
 * budget, held to a pace, with threads for what takes long. Thread-safe.
 */
public final class CallRoom {

  private final String calls;
  private final int most;
  private final MemoryBudget memory;
  private final Times times;
  private final Threads threads;
  private final Semaphore free;

  /**
   * Threads of calls, closed by whoever made them.
   *
   * @param work runs what takes long
   * @param timer looks after calls whose clients went silent
   */
  public record Threads(Executor work, ScheduledExecutorService timer) {}

  /**
   * Creates the room.
   *
   * @param calls what has room, for messages; in the plural
   * @param most calls at a time
   * @param memory shared with others
   * @param times how long clients are waited for
   */
  public CallRoom(String calls, int most, MemoryBudget memory, Times times, Threads threads) {
    this.calls = calls;
    this.most = most;
    this.memory = memory;
    this.times = times;
    this.threads = threads;
    this.free = new Semaphore(most);
  }

  /**
   * Gives a place to the present call.
   *
   * @throws RequestException if there is none, or none for its connection
   */
  public Place enter() {
    Peer peer = Peer.current();
    int share = Limits.perConnection(most);
    if (!free.tryAcquire()) {
      throw RequestException.exhausted(calls + " must be at most " + most + ", got: " + (most + 1));
    }
    if (!peer.take(this, share)) {
      free.release();
      throw RequestException.exhausted(
          calls + " of one connection must be at most " + share + ", got: " + (share + 1));
    }
    return new Place(peer);
  }

  /** Returns the number of calls that have room. */
  public int open() {
    return most - free.availablePermits();
  }

  /** Returns how long clients are waited for. */
  public Times times() {
    return times;
  }

  /** Returns what runs what takes long. */
  public Executor work() {
    return threads.work();
  }

  /** Returns what looks after calls. */
  public ScheduledExecutorService timer() {
    return threads.timer();
  }

  /** Room for one call; closing it gives it back, once. Thread-safe. */
  public final class Place implements AutoCloseable {
    private final Peer peer;
    private MemoryBudget.@Nullable Reservation reservation;
    private boolean closed;

    private Place(Peer peer) {
      this.peer = peer;
    }

    /**
     * Reserves memory for the call, in place of what it had.
     *
     * @param bytes that it holds from now on, all in all
     * @throws RequestException if there is not so much, or the call has ended
     */
    public synchronized void reserve(long bytes) {
      if (closed) {
        throw RequestException.cancelled("call has ended");
      }
      MemoryBudget.Reservation held = reservation;
      if (held == null) {
        reservation = memory.reserve(bytes).orElseThrow(() -> noMemory(bytes));
      } else if (!held.resize(bytes)) {
        throw noMemory(bytes);
      }
    }

    private RequestException noMemory(long bytes) {
      return RequestException.exhausted(
          "memory for "
              + calls
              + " must be at most "
              + memory.freeBytes()
              + " bytes now, got: "
              + bytes);
    }

    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        if (reservation != null) {
          reservation.close();
        }
        peer.giveBack(CallRoom.this);
        free.release();
      }
    }
  }
}

package io.github.luceneivf.server.codebook;

import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.config.MemoryBudget;
import io.github.luceneivf.server.rpc.RequestException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/** What codebooks on their way to and from clients share. Thread-safe. */
public final class Transfers {

  private final Limits limits;
  private final Duration idle;
  private final Shared shared;
  private final Semaphore open;

  /**
   * What is shared with other services.
   *
   * @param memory reserved by each transfer until it ends
   * @param disk runs what waits for the disk
   * @param timer ends transfers whose clients went silent
   */
  public record Shared(MemoryBudget memory, Executor disk, ScheduledExecutorService timer) {}

  /**
   * Creates the resources.
   *
   * @param idle longest silence of a client
   */
  public Transfers(Limits limits, Duration idle, Shared shared) {
    this.limits = limits;
    this.idle = idle;
    this.shared = shared;
    this.open = new Semaphore(limits.maxStreams());
  }

  Limits limits() {
    return limits;
  }

  Duration idle() {
    return idle;
  }

  Executor disk() {
    return shared.disk();
  }

  ScheduledExecutorService timer() {
    return shared.timer();
  }

  /**
   * Makes room for a transfer.
   *
   * @throws RequestException if there is none
   */
  Admission admit(long bytes) {
    if (!open.tryAcquire()) {
      throw RequestException.exhausted(
          "transfers of codebooks must be at most "
              + limits.maxStreams()
              + ", got: "
              + (limits.maxStreams() + 1));
    }
    MemoryBudget.Reservation reservation = shared.memory().reserve(bytes).orElse(null);
    if (reservation == null) {
      open.release();
      long free = shared.memory().totalBytes() - shared.memory().usedBytes();
      throw RequestException.exhausted(
          "codebook memory must be at most " + free + " bytes now, got: " + bytes);
    }
    return new Admission(reservation);
  }

  /** Room for one transfer; closing it gives it back, once. */
  final class Admission implements AutoCloseable {
    private final MemoryBudget.Reservation memory;
    private final AtomicBoolean released = new AtomicBoolean();

    private Admission(MemoryBudget.Reservation memory) {
      this.memory = memory;
    }

    @Override
    public void close() {
      if (released.compareAndSet(false, true)) {
        memory.close();
        open.release();
      }
    }
  }
}

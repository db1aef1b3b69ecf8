// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.config.MemoryBudget;
import io.github.luceneivf.server.rpc.Admissions;
import io.github.luceneivf.server.rpc.RequestException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/** What codebooks on their way to and from clients share. Thread-safe. */
public final class Transfers {

  private final Limits limits;
  private final Duration idle;
  private final Shared shared;
  private final Admissions room;

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
    this.room =
        new Admissions("transfers of codebooks", "codebook", limits.maxStreams(), shared.memory());
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
  Admissions.Admission admit(long bytes) {
    return room.admit(bytes);
  }
}

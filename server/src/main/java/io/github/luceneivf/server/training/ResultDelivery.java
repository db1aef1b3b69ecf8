// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.server.config.MemoryBudget;
import io.github.luceneivf.server.config.ServerClock;
import io.github.luceneivf.server.rpc.StatusMapper;
import io.github.luceneivf.server.storage.Shortage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings results to disk before anybody hears of them. A training may have taken hours, so where
 * the disk is full its result waits in memory, and its job with it, until there is room: tried
 * again by each sweep, for no longer than results are kept. Jobs that wait count as unfinished and
 * hold memory of the budget, so there are few of them. Thread-safe; one result is written at a
 * time.
 */
final class ResultDelivery {

  /** Pause between two tries. */
  static final Duration PAUSE = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(ResultDelivery.class);

  private final JobRegistry.Resources resources;
  private final Duration longest;
  private final ServerClock clock;
  private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
  private final Queue<TrainingJob> delivered = new ConcurrentLinkedQueue<>();

  /** A result for which there was no room. */
  private static final class Waiting {
    final TrainingJob job;
    final TrainedCodebook trained;
    final long sinceNanos;
    final AtomicBoolean busy = new AtomicBoolean();
    volatile long triedNanos;

    Waiting(TrainingJob job, TrainedCodebook trained, long nowNanos) {
      this.job = job;
      this.trained = trained;
      this.sinceNanos = nowNanos;
      this.triedNanos = nowNanos;
    }
  }

  /**
   * Creates it.
   *
   * @param longest how long a result waits
   */
  ResultDelivery(JobRegistry.Resources resources, Duration longest, ServerClock clock) {
    this.resources = resources;
    this.longest = longest;
    this.clock = clock;
  }

  /**
   * Writes the result of a job and ends it well, unless it has ended; or lets it wait.
   *
   * @throws IOException if it cannot be written, for another reason than a lack of room
   */
  void deliver(TrainingJob job, TrainedCodebook trained) throws IOException {
    try {
      boolean _ = write(job, trained);
    } catch (IOException e) {
      Shortage shortage = Shortage.of(e).orElse(null);
      if (shortage == null) {
        throw e;
      }
      await(job, trained, shortage);
    }
  }

  /** Returns whether the job has ended well, and not otherwise meanwhile. */
  private synchronized boolean write(TrainingJob job, TrainedCodebook trained) throws IOException {
    if (job.status().state().isFinal()) {
      return false;
    }
    JobStatus last = job.succeeded(trained);
    JobResult result = resources.results().write(job, last, trained, clock.now());
    if (!job.succeed(last, result)) {
      JobStore.delete(result);
      return false;
    }
    delivered.add(job);
    return true;
  }

  private void await(TrainingJob job, TrainedCodebook trained, Shortage shortage) {
    // As it is held, and as it is written; if not even this is free, the memory of the training
    // stays reserved.
    Optional<MemoryBudget.Reservation> room =
        resources.memory().reserve(trained.codebook().memoryBytes() + job.spec().codebookBytes());
    Waiting one = new Waiting(job, trained, clock.nanos());
    waiting.add(one); // first: whoever hears that it waits may count on it
    if (job.awaitRoom("result waits for room: " + shortage.text(), room.map(r -> r::close))) {
      LOG.atWarn()
          .addKeyValue("job", job.id())
          .addKeyValue("shortage", shortage)
          .log("result waits for room");
    } else {
      waiting.remove(one);
      room.ifPresent(MemoryBudget.Reservation::close);
    }
  }

  /** Tries again what has waited for a while, on the disk's thread; gives up what is too old. */
  void retry() {
    long now = clock.nanos();
    for (Waiting one : waiting) {
      if (one.job.status().state().isFinal()) {
        waiting.remove(one);
      } else if (now - one.sinceNanos > longest.toNanos()) {
        one.job.end(
            JobState.FAILED,
            "result found no room within " + longest + ": " + one.job.status().error());
        waiting.remove(one);
      } else if (now - one.triedNanos >= PAUSE.toNanos()
          && resources.results().hasRoom(one.job.spec().codebookBytes())
          && one.busy.compareAndSet(false, true)) {
        resources.disk().execute(() -> again(one));
      }
    }
  }

  private void again(Waiting one) {
    try {
      if (write(one.job, one.trained)) {
        LOG.atInfo().addKeyValue("job", one.job.id()).log("result found room");
      }
      waiting.remove(one);
    } catch (IOException | RuntimeException | Error e) {
      if (Shortage.of(e).isEmpty()) {
        one.job.end(JobState.FAILED, String.valueOf(StatusMapper.toStatus(e).getMessage()));
        waiting.remove(one);
      }
    } finally {
      one.triedNanos = clock.nanos();
      one.busy.set(false);
    }
  }

  /** Returns the jobs whose results were delivered since this was asked last, as they came. */
  List<TrainingJob> takeDelivered() {
    List<TrainingJob> taken = new ArrayList<>();
    for (TrainingJob job = delivered.poll(); job != null; job = delivered.poll()) {
      taken.add(job);
    }
    return taken;
  }
}

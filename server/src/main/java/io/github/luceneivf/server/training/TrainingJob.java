// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.ListSizes;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.QuerySample;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingProgress;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.proto.v1.Job;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.config.MemoryBudget;
import io.github.luceneivf.server.config.ServerClock;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.wire.Timestamps;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One job: waits for its sample, runs, ends. It holds its memory reservation until it ends, and
 * goes on while somebody follows it. Thread-safe; listeners are called under the job's lock, in the
 * order of the changes, and must not block.
 */
final class TrainingJob implements TrainingMonitor {

  /** Ends a training whose job has ended. */
  static final class StoppedException extends IOException {
    private static final long serialVersionUID = 1L;

    StoppedException() {
      super("job has ended");
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(TrainingJob.class);
  private static final long MAX_AGE = TimeUnit.DAYS.toSeconds(365);

  private final String id;
  private final JobSpec spec;
  private final Instant created;
  private final ServerClock clock;
  private final Lease lease;
  private final List<Consumer<JobStatus>> listeners = new CopyOnWriteArrayList<>();
  private final long createdNanos;
  private volatile JobStatus status = JobStatus.CREATED;
  private volatile long number;
  private volatile long lastChangeNanos;
  private Runnable freeMemory;
  private boolean trained;
  private boolean uploading;
  private Optional<Codebook> parent = Optional.empty();
  private @Nullable FloatMatrix sample;
  private QuerySample queries = QuerySample.NONE;
  private @Nullable JobResult result;

  private TrainingJob(
      String id, JobSpec spec, Instant created, ServerClock clock, Runnable freeMemory) {
    this.id = id;
    this.spec = spec;
    this.created = created;
    this.clock = clock;
    this.freeMemory = freeMemory;
    this.createdNanos = clock.nanos();
    this.lastChangeNanos = createdNanos;
    this.lease = new Lease(clock);
  }

  /** Creates a job that waits for its sample. */
  static TrainingJob waiting(JobSpec spec, ServerClock clock, MemoryBudget.Reservation memory) {
    return new TrainingJob(spec.jobId(), spec, clock.now(), clock, memory::close);
  }

  /**
   * Creates a job that a server before this one has brought to its end.
   *
   * @throws RequestException if it exceeds a limit of this server
   */
  static TrainingJob succeeded(JobStore.Found found, Limits limits, ServerClock clock) {
    Job kept = found.stored().getJob();
    JobSpec spec = JobMessages.spec(kept.getSpec(), limits);
    Instant created = Timestamps.read(kept.getCreateTime());
    TrainingJob job = new TrainingJob(kept.getId(), spec, created, clock, () -> {});
    job.status = JobMessages.succeeded(kept.getProgress());
    job.result = found.result();
    job.lastChangeNanos = endNanos(found, clock);
    return job;
  }

  /** Returns when a job of a server before this one ended, by this one's clock. */
  static long endNanos(JobStore.Found found, ServerClock clock) {
    Duration age = Duration.between(found.end(), clock.now());
    // A clock that was set back must not make it immortal, nor one set forth overflow.
    return clock.nanos() - TimeUnit.SECONDS.toNanos(Math.clamp(age.toSeconds(), 0, MAX_AGE));
  }

  String id() {
    return id;
  }

  /** Returns its place among all jobs of this run of the server: newer jobs have larger ones. */
  long number() {
    return number;
  }

  void number(long place) {
    number = place;
  }

  JobSpec spec() {
    return spec;
  }

  Instant created() {
    return created;
  }

  JobStatus status() {
    return status;
  }

  /** Returns how long nothing has happened, in nanoseconds. */
  long quietNanos() {
    return clock.nanos() - lastChangeNanos;
  }

  /** Returns how long ago it was created, in nanoseconds. */
  long ageNanos() {
    return clock.nanos() - createdNanos;
  }

  /** Returns whether its sample is on its way. */
  synchronized boolean isUploading() {
    return uploading;
  }

  /** Returns who follows the job. */
  Lease lease() {
    return lease;
  }

  synchronized boolean sampleNeeded() {
    return status.state() == JobState.QUEUED && status.phase() == JobPhase.UPLOAD && !uploading;
  }

  /** Returns whether the parent must come with the sample. */
  synchronized boolean parentNeeded() {
    return spec.warmStart() && parent.isEmpty() && !trained && !status.state().isFinal();
  }

  /**
   * Takes the parent that the training starts from.
   *
   * @throws RequestException if it cannot be started from
   */
  synchronized void parent(Codebook codebook) {
    if (codebook.dim() != spec.dim() || codebook.metric() != spec.request().metric()) {
      throw RequestException.invalid(
          "parent must have dim "
              + spec.dim()
              + " and "
              + spec.request().metric()
              + ", got: dim "
              + codebook.dim()
              + " and "
              + codebook.metric());
    }
    parent = Optional.of(codebook);
  }

  /** Returns what is to be trained, once the sample and its queries are there. */
  synchronized TrainingRequest request() {
    return spec.request(parent, queries);
  }

  /** Tells a listener the present status, and every change from now on. */
  synchronized void addListener(Consumer<JobStatus> listener) {
    listeners.add(listener);
    listener.accept(status);
  }

  void removeListener(Consumer<JobStatus> listener) {
    listeners.remove(listener);
  }

  /**
   * Claims the right to upload.
   *
   * @throws RequestException if the job does not wait for a sample, or another upload has it
   */
  synchronized void beginUpload() {
    requireUpload();
    if (uploading) {
      throw RequestException.precondition("job " + id + ": another upload is in progress");
    }
    uploading = true;
    change(JobStatus.CREATED);
  }

  /** Tells how many rows have come, queries too. */
  synchronized void uploaded(long rows) {
    requireUpload();
    lease.renew();
    change(status.at(JobState.QUEUED, JobPhase.UPLOAD, 100.0 * rows / spec.uploadedRows()));
  }

  /** Gives up an upload; the job waits for another. */
  synchronized void abandonUpload() {
    if (uploading && status.phase() == JobPhase.UPLOAD) {
      uploading = false;
      if (!status.state().isFinal()) {
        change(JobStatus.CREATED);
      }
    }
  }

  /** Hands over the complete sample and all queries. */
  synchronized void finishUpload(FloatMatrix rows, QuerySample asked) {
    requireUpload();
    if (parentNeeded()) {
      throw RequestException.invalid("parent must come before the sample, got none");
    }
    lease.renew();
    sample = rows;
    queries = asked;
    change(status.at(JobState.QUEUED, JobPhase.WAIT, 0));
  }

  private void requireUpload() {
    if (status.state() != JobState.QUEUED || status.phase() != JobPhase.UPLOAD) {
      throw RequestException.precondition(
          "job " + id + " must wait for its sample, but is " + status.state());
    }
  }

  /** Starts the training and returns the sample, or null if the job has ended. */
  synchronized @Nullable FloatMatrix start() {
    if (status.state() != JobState.QUEUED) {
      return null;
    }
    change(status.at(JobState.RUNNING, JobPhase.PREPARE, 0));
    return sample;
  }

  @Override
  public void check() throws IOException {
    if (status.state() != JobState.RUNNING) {
      throw new StoppedException();
    }
  }

  @Override
  public synchronized void progress(TrainingProgress progress) throws IOException {
    check();
    double percent = Math.clamp(progress.percent(), 0, 100);
    JobStatus next = status.at(JobState.RUNNING, JobPhase.of(progress.phase()), percent);
    double objective = progress.objective();
    change(Double.isNaN(objective) ? next : next.withObjective(objective));
  }

  /** Returns how the job ends if it ends well. */
  JobStatus succeeded(TrainedCodebook trained) {
    ListSizes sizes = trained.report().clustering().sizes();
    double[] objective = trained.report().clustering().objective();
    double last = objective.length == 0 ? Double.NaN : objective[objective.length - 1];
    return status.succeeded(sizes, last);
  }

  /**
   * Lets go of all but the result, which waits for room; the lease does not count any more.
   *
   * @param freeRoom gives back the memory of the result when the job ends; empty if that of the
   *     training is kept for it
   * @return whether it had not ended
   */
  synchronized boolean awaitRoom(String forWhat, Optional<Runnable> freeRoom) {
    if (status.state().isFinal()) {
      return false;
    }
    if (freeRoom.isPresent()) {
      freeMemory.run();
      freeMemory = freeRoom.get();
    }
    dropInput();
    trained = true;
    change(status.waiting(forWhat));
    return true;
  }

  /** Returns whether nothing is left to be done but to keep the result. */
  synchronized boolean isTrained() {
    return trained;
  }

  /**
   * Ends the job well, unless it has ended.
   *
   * @return whether it had not
   */
  synchronized boolean succeed(JobStatus last, JobResult kept) {
    if (status.state().isFinal()) {
      return false;
    }
    result = kept;
    end(last);
    return true;
  }

  /**
   * Ends the job otherwise, unless it has ended.
   *
   * @return whether it had not
   */
  synchronized boolean end(JobState state, String error) {
    if (status.state().isFinal()) {
      return false;
    }
    end(status.ended(state, error));
    return true;
  }

  /** Drops the result of a succeeded job. */
  synchronized void expireResult() {
    JobResult held = result;
    if (status.state() == JobState.SUCCEEDED && held != null) {
      JobStore.delete(held);
      result = null;
      change(status.ended(JobState.EXPIRED, "result was dropped"));
    }
  }

  private void dropInput() {
    sample = null;
    queries = QuerySample.NONE;
    parent = Optional.empty();
  }

  private void end(JobStatus last) {
    dropInput();
    freeMemory.run();
    change(last);
    listeners.clear();
  }

  /** Returns the bytes that the result counts on disk, 0 if none is kept. */
  synchronized long resultBytes() {
    JobResult held = result;
    return held == null ? 0 : held.diskBytes();
  }

  /**
   * Returns the result.
   *
   * @throws RequestException if there is none
   */
  synchronized JobResult result() {
    JobResult held = result;
    if (held != null) {
      return held;
    }
    if (status.state() == JobState.EXPIRED) {
      throw RequestException.notFound("job " + id + " has expired: " + status.error());
    }
    throw RequestException.precondition(
        "job " + id + " must have succeeded, but is " + status.state());
  }

  private void change(JobStatus next) {
    status = next;
    lastChangeNanos = clock.nanos();
    for (Consumer<JobStatus> listener : listeners) {
      try {
        listener.accept(next);
      } catch (RuntimeException e) {
        // The job and its other followers have nothing to do with it.
        LOG.atWarn().addKeyValue("job", id).setCause(e).log("follower failed");
        listeners.remove(listener);
      }
    }
  }
}

package io.github.luceneivf.server.training;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.ListSizes;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingProgress;
import io.github.luceneivf.server.config.MemoryBudget;
import io.github.luceneivf.server.rpc.RequestException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One job: waits for its sample, runs, ends. It holds its memory reservation until it ends.
 * Thread-safe; listeners are called under the job's lock, in the order of the changes, and must not
 * block.
 */
final class TrainingJob implements TrainingMonitor {

  /** Ends a training whose job has ended. */
  static final class StoppedException extends IOException {
    private static final long serialVersionUID = 1L;

    StoppedException() {
      super("job has ended");
    }
  }

  private final String id;
  private final JobSpec spec;
  private final Instant created;
  private final MemoryBudget.Reservation memory;
  private final List<Consumer<JobStatus>> listeners = new CopyOnWriteArrayList<>();

  private volatile JobStatus status = JobStatus.CREATED;
  private volatile long lastChangeNanos = System.nanoTime();
  private boolean uploading;
  private @Nullable FloatMatrix sample;
  private @Nullable JobResult result;

  TrainingJob(String id, JobSpec spec, Instant created, MemoryBudget.Reservation memory) {
    this.id = id;
    this.spec = spec;
    this.created = created;
    this.memory = memory;
  }

  String id() {
    return id;
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
    return System.nanoTime() - lastChangeNanos;
  }

  synchronized boolean sampleNeeded() {
    return status.state() == JobState.QUEUED && status.phase() == JobPhase.UPLOAD && !uploading;
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

  /** Tells how many rows have come. */
  synchronized void uploaded(int rows) {
    requireUpload();
    change(status.at(JobState.QUEUED, JobPhase.UPLOAD, 100.0 * rows / spec.rows()));
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

  /** Hands over the complete sample. */
  synchronized void finishUpload(FloatMatrix rows) {
    requireUpload();
    sample = rows;
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

  /** Ends the job well, unless it has ended. */
  synchronized void succeed(TrainedCodebook trained) {
    if (status.state().isFinal()) {
      return;
    }
    result = JobResult.of(trained);
    ListSizes sizes = trained.report().clustering().sizes();
    double[] objective = trained.report().clustering().objective();
    double last = objective.length == 0 ? Double.NaN : objective[objective.length - 1];
    end(status.succeeded(sizes, last));
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
    if (status.state() == JobState.SUCCEEDED) {
      result = null;
      change(status.ended(JobState.EXPIRED, "result was dropped"));
    }
  }

  private void end(JobStatus last) {
    sample = null;
    memory.close();
    change(last);
    listeners.clear();
  }

  /** Returns the bytes of the result that is held. */
  synchronized long resultBytes() {
    JobResult held = result;
    return held == null ? 0 : held.codebook().length;
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
    lastChangeNanos = System.nanoTime();
    for (Consumer<JobStatus> listener : listeners) {
      listener.accept(next);
    }
  }
}

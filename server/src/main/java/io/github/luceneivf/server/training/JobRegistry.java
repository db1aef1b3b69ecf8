// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookTrainer;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.server.codebook.CodebookCache;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.config.MemoryBudget;
import io.github.luceneivf.server.config.ServerClock;
import io.github.luceneivf.server.config.ServerConfig;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.server.rpc.StatusMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs that this server remembers. It admits new ones within the limits, runs them on an
 * executor, and forgets old ones: unfinished ones that nobody follows, results after their time or
 * when they take too much room. Results of a server that ran on the same directory are found again.
 * Thread-safe.
 */
public final class JobRegistry {

  private static final Logger LOG = LoggerFactory.getLogger(JobRegistry.class);
  private static final int MAX_ENDED_JOBS = 1000;

  private final Limits limits;
  private final ServerConfig.Times times;
  private final long maxResultBytes;
  private final Resources resources;
  private final CodebookTrainer trainer;
  private final ServerClock clock;
  private final Map<String, TrainingJob> byId = new LinkedHashMap<>();

  /**
   * What jobs use.
   *
   * @param memory reserved by each job until it ends
   * @param codebooks receives the codebook of each job
   * @param results keeps the result of each job
   * @param executor runs trainings
   */
  public record Resources(
      MemoryBudget memory, CodebookCache codebooks, JobStore results, Executor executor) {}

  /**
   * Creates a registry of the jobs whose results are on disk.
   *
   * @throws IOException if these cannot be listed
   */
  public JobRegistry(
      ServerConfig config, Resources resources, CodebookTrainer trainer, ServerClock clock)
      throws IOException {
    this.limits = config.limits();
    this.times = config.times();
    this.maxResultBytes = config.storage().bytes();
    this.resources = resources;
    this.trainer = trainer;
    this.clock = clock;
    for (JobResult result : resources.results().restore()) {
      try {
        TrainingJob job = TrainingJob.succeeded(result, limits, clock);
        byId.put(job.id(), job);
      } catch (RequestException e) {
        LOG.atInfo().addKeyValue("file", result.file()).setCause(e).log("result over a limit");
        JobStore.delete(result);
      }
    }
  }

  /**
   * Admits a job, or finds the one that does the same already.
   *
   * @throws RequestException if there is no room
   */
  TrainingJob create(JobSpec spec) {
    Optional<Codebook> parent =
        spec.warmStart()
            ? resources.codebooks().get(spec.request().parent().orElseThrow().id())
            : Optional.empty();
    return create(spec, parent);
  }

  private synchronized TrainingJob create(JobSpec spec, Optional<Codebook> parent) {
    sweep();
    TrainingJob known = spec.sampleHash().isEmpty() ? null : byId.get(spec.jobId());
    if (known != null && isUseful(known)) {
      known.renew();
      return known;
    }
    long unfinished = unfinished();
    if (unfinished >= limits.maxJobs()) {
      throw RequestException.exhausted(
          "jobs must be at most " + limits.maxJobs() + ", got: " + (unfinished + 1));
    }
    MemoryBudget memory = resources.memory();
    MemoryBudget.Reservation reservation =
        memory.reserve(spec.memoryBytes()).orElseThrow(() -> noMemory(spec.memoryBytes()));
    TrainingJob job = TrainingJob.waiting(spec, clock, reservation);
    try {
      parent.ifPresent(job::parent);
    } catch (RequestException e) {
      reservation.close();
      throw e;
    }
    String id = job.id();
    byId.remove(id); // so that a repeated job is the newest
    byId.put(id, job);
    LOG.atInfo()
        .addKeyValue("job", id)
        .addKeyValue("rows", spec.rows())
        .addKeyValue("dim", spec.dim())
        .addKeyValue("nlist", spec.request().params().nlist())
        .log("job created");
    return job;
  }

  private RequestException noMemory(long bytes) {
    return RequestException.exhausted(
        "training memory must be at most "
            + resources.memory().freeBytes()
            + " bytes now, got: "
            + bytes);
  }

  private static boolean isUseful(TrainingJob job) {
    JobState state = job.status().state();
    return !state.isFinal() || state == JobState.SUCCEEDED;
  }

  /** Returns the number of jobs that have not ended. */
  public synchronized long unfinished() {
    return byId.values().stream().filter(job -> !job.status().state().isFinal()).count();
  }

  /** Returns the number of jobs whose sample is there and that have not ended. */
  public synchronized long runnable() {
    return byId.values().stream()
        .map(TrainingJob::status)
        .filter(status -> !status.state().isFinal() && status.phase() != JobPhase.UPLOAD)
        .count();
  }

  /**
   * Returns a job.
   *
   * @throws RequestException if it is not known
   */
  synchronized TrainingJob get(String id) {
    TrainingJob job = byId.get(id);
    if (job == null) {
      throw RequestException.notFound("job not found: " + shortened(id));
    }
    return job;
  }

  private static String shortened(String id) {
    int max = 64;
    return id.length() <= max ? id : id.substring(0, max) + "…";
  }

  /** Returns all jobs, newest first. */
  synchronized List<TrainingJob> list() {
    return List.copyOf(new ArrayList<>(byId.values()).reversed());
  }

  /** Trains a job whose sample is complete. */
  void run(TrainingJob job) {
    resources.executor().execute(() -> train(job));
  }

  private void train(TrainingJob job) {
    FloatMatrix sample = job.start();
    if (sample == null) {
      return;
    }
    try {
      TrainedCodebook trained = trainer.train(job.request(), sample, job);
      resources.codebooks().put(trained.codebook());
      succeed(job, trained);
    } catch (TrainingJob.StoppedException e) {
      // The job has ended, and says why itself.
    } catch (IOException | RuntimeException e) {
      fail(job, e);
    } catch (OutOfMemoryError e) {
      // The estimate was too low. The job's memory is free again; the server lives on.
      fail(job, e);
    }
    LOG.atInfo()
        .addKeyValue("job", job.id())
        .addKeyValue("state", job.status().state())
        .log("job ended");
  }

  /** The result is on disk before anybody hears of it. */
  private void succeed(TrainingJob job, TrainedCodebook trained) throws IOException {
    JobStatus last = job.succeeded(trained);
    JobResult result = resources.results().write(job, last, trained, clock.now());
    if (!job.succeed(last, result)) {
      JobStore.delete(result);
    }
  }

  private static void fail(TrainingJob job, Throwable failure) {
    Throwable status = StatusMapper.toStatus(failure);
    job.end(JobState.FAILED, String.valueOf(status.getMessage()));
  }

  /** Forgets what is too old or too much; called now and then. */
  public synchronized void sweep() {
    long ttl = times.results().toNanos();
    long lease = times.lease().toNanos();
    List<TrainingJob> ended = new ArrayList<>();
    for (TrainingJob job : byId.values()) {
      JobStatus status = job.status();
      if (status.state() == JobState.QUEUED && status.phase() == JobPhase.UPLOAD) {
        expectSample(job);
      }
      if (!status.state().isFinal()
          && status.phase() != JobPhase.UPLOAD
          && job.unfollowedNanos() > lease) {
        job.end(JobState.CANCELLED, "nobody followed it for " + times.lease());
      }
      if (status.state() == JobState.SUCCEEDED && job.quietNanos() > ttl) {
        job.expireResult();
      }
      if (status.state().isFinal()) {
        ended.add(job);
      }
    }
    dropOldest(ended);
  }

  /** Ends a job whose sample does not begin, does not go on, or begins again and again. */
  private void expectSample(TrainingJob job) {
    Duration longest = job.isUploading() ? times.idle() : times.firstByte();
    Duration all = times.idle().plusSeconds(job.spec().sampleBytes() / Limits.MIN_BYTES_PER_SECOND);
    if (job.quietNanos() > longest.toNanos()) {
      job.end(JobState.EXPIRED, "sample did not arrive within " + longest);
    } else if (job.ageNanos() > all.toNanos()) {
      job.end(JobState.EXPIRED, "sample did not arrive within " + all);
    }
  }

  private void dropOldest(List<TrainingJob> ended) {
    long bytes = 0;
    int kept = 0;
    for (TrainingJob job : ended.reversed()) {
      bytes += job.resultBytes();
      kept++;
      if (bytes > maxResultBytes && kept > 1) {
        bytes -= job.resultBytes();
        job.expireResult();
      }
      if (kept > MAX_ENDED_JOBS) {
        job.expireResult();
        byId.remove(job.id());
      }
    }
  }

  /** Ends every job that has not ended; for a server that stops. */
  public synchronized void cancelAll() {
    for (TrainingJob job : byId.values()) {
      job.end(JobState.CANCELLED, "server stopped");
    }
  }
}

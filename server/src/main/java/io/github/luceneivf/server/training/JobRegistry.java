// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookTrainer;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingWarning;
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
import java.util.UUID;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs that this server remembers. It admits new ones within the limits, runs them on an
 * executor, and forgets old ones: unfinished ones that nobody follows, results after their time or
 * when a new one needs their room, and, apart from those, the oldest of too many that ended without
 * a result. Results of a server that ran on the same directory are found again; those over a limit
 * of this one stay on disk for their time and are not served. Thread-safe.
 */
public final class JobRegistry {

  private static final Logger LOG = LoggerFactory.getLogger(JobRegistry.class);

  /** Most jobs remembered that ended without a result, or whose result has expired. */
  private static final int MAX_WORTHLESS = 1000;

  private final Limits limits;
  private final ServerConfig.Times times;
  private final long maxResultBytes;
  private final Resources resources;
  private final CodebookTrainer trainer;
  private final ServerClock clock;
  private final ResultDelivery delivery;
  private final String run = UUID.randomUUID().toString();
  private final Map<String, TrainingJob> byId = new LinkedHashMap<>();
  private final List<TrainingJob> withResult = new ArrayList<>(); // as they ended
  private final List<Hidden> hidden = new ArrayList<>();
  private long lastNumber;

  /** A result over a limit of this server, and when its job ended. */
  private record Hidden(JobResult result, long endNanos) {}

  /**
   * What jobs use.
   *
   * @param memory reserved by each job until it ends
   * @param codebooks receives the codebook of each job
   * @param results keeps the result of each job
   * @param executor runs trainings
   * @param disk runs what waits for the disk
   */
  public record Resources(
      MemoryBudget memory,
      CodebookCache codebooks,
      JobStore results,
      Executor executor,
      Executor disk) {}

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
    this.delivery = new ResultDelivery(resources, times.results(), clock);
    for (JobStore.Found found : resources.results().restore()) {
      try {
        TrainingJob ended = TrainingJob.succeeded(found, limits, clock);
        remember(ended);
        withResult.add(ended);
      } catch (RequestException e) {
        LOG.atWarn()
            .addKeyValue("file", found.result().file())
            .addKeyValue("limit", e.getMessage())
            .log("result over a limit, kept and not served");
        hidden.add(new Hidden(found.result(), TrainingJob.endNanos(found, clock)));
      }
    }
  }

  private void remember(TrainingJob job) {
    job.number(++lastNumber);
    byId.remove(job.id()); // so that a repeated job is the newest
    byId.put(job.id(), job);
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
    TrainingJob known = spec.isIdempotent() ? byId.get(spec.jobId()) : null;
    if (known != null && isUseful(known)) {
      known.lease().renew();
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
    remember(job);
    LOG.atInfo()
        .addKeyValue("job", job.id())
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

  /** Returns a name of this run of the server. */
  String run() {
    return run;
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
      for (TrainingWarning warning : trained.report().warnings()) {
        LOG.atWarn().addKeyValue("job", job.id()).addKeyValue("warning", warning).log("training");
      }
      delivery.deliver(job, trained);
    } catch (TrainingJob.StoppedException e) {
      // The job has ended, and says why itself.
    } catch (IOException | RuntimeException | Error e) {
      // An Error too: the job's memory must be free again, and whoever follows it must be told.
      fail(job, e);
    }
    LOG.atInfo()
        .addKeyValue("job", job.id())
        .addKeyValue("state", job.status().state())
        .log("training ended");
  }

  private static void fail(TrainingJob job, Throwable failure) {
    Throwable status = StatusMapper.toStatus(failure);
    job.end(JobState.FAILED, String.valueOf(status.getMessage()));
  }

  /** Forgets what is too old or too much; called now and then. */
  public synchronized void sweep() {
    byId.values().forEach(this::endIfTooOld);
    hidden.removeIf(this::isExpired);
    List<TrainingJob> delivered = delivery.takeDelivered();
    if (!delivered.isEmpty()) {
      withResult.addAll(delivered);
      makeRoom();
    }
    withResult.removeIf(job -> job.resultBytes() == 0);
    dropWorthless();
    delivery.retry();
  }

  private void endIfTooOld(TrainingJob job) {
    JobStatus status = job.status();
    if (status.state() == JobState.SUCCEEDED && job.quietNanos() > times.results().toNanos()) {
      job.expireResult();
    }
    if (status.state().isFinal()) {
      return;
    }
    if (status.phase() == JobPhase.UPLOAD) {
      expectSample(job);
    } else if (job.lease().unfollowedNanos() > times.lease().toNanos() && !job.isTrained()) {
      job.end(JobState.CANCELLED, "nobody followed it for " + times.lease());
    }
  }

  /** Ends a job whose sample does not begin, does not go on, or begins again and again. */
  private void expectSample(TrainingJob job) {
    Duration longest = job.isUploading() ? times.idle() : times.firstByte();
    long bytes = job.spec().sampleBytes() + job.spec().queryBytes();
    Duration all = times.idle().plusSeconds(bytes / Limits.MIN_BYTES_PER_SECOND);
    if (job.quietNanos() > longest.toNanos()) {
      job.end(JobState.EXPIRED, "sample did not arrive within " + longest);
    } else if (job.ageNanos() > all.toNanos()) {
      job.end(JobState.EXPIRED, "sample did not arrive within " + all);
    }
  }

  private boolean isExpired(Hidden old) {
    boolean expired = clock.nanos() - old.endNanos > times.results().toNanos();
    if (expired) {
      JobStore.delete(old.result);
    }
    return expired;
  }

  /**
   * Drops the oldest results, if all together take too much disk; never the newest. Only after a
   * new one has come: a start with a lower limit must not cost what is there.
   */
  private void makeRoom() {
    long bytes = 0;
    for (TrainingJob job : withResult.reversed()) {
      long more = job.resultBytes();
      if (bytes > 0 && more > maxResultBytes - bytes) {
        job.expireResult();
      } else {
        bytes += more;
      }
    }
  }

  /** What failed, was cancelled or has expired is remembered for a while, to answer questions. */
  private void dropWorthless() {
    List<TrainingJob> worthless = new ArrayList<>();
    for (TrainingJob job : byId.values()) {
      if (job.status().state().isFinal() && job.resultBytes() == 0) {
        worthless.add(job);
      }
    }
    int tooMany = worthless.size() - MAX_WORTHLESS;
    for (int i = 0; i < tooMany; i++) {
      byId.remove(worthless.get(i).id());
    }
  }

  /** Ends every job that has not ended; for a server that stops. */
  public synchronized void cancelAll() {
    for (TrainingJob job : byId.values()) {
      job.end(JobState.CANCELLED, "server stopped");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import io.github.luceneivf.proto.v1.Job;
import io.github.luceneivf.proto.v1.JobProgress;
import io.github.luceneivf.proto.v1.TrainingSpec;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.wire.SpecMessages;
import io.github.luceneivf.wire.Timestamps;
import io.github.luceneivf.wire.TrainingMessages;
import io.github.luceneivf.wire.WireException;

/** Jobs as messages, and back. Stateless. */
final class JobMessages {

  /** Most elements of an array. */
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  private JobMessages() {}

  /**
   * Checks a specification and translates it.
   *
   * @throws RequestException if it can never work, or exceeds a limit
   */
  static JobSpec spec(TrainingSpec message, Limits limits) {
    SpecMessages.Spec spec;
    try {
      spec =
          SpecMessages.read(
              message,
              new SpecMessages.Bounds(
                  limits.maxDims(), limits.maxNlist(), Limits.MAX_ITERATIONS, limits.threads()));
    } catch (WireException e) {
      throw RequestException.invalid(String.valueOf(e.getMessage()));
    }
    JobSpec checked =
        new JobSpec(spec.request(), spec.dim(), spec.sample(), spec.queries(), spec.parentBytes());
    long bytes = checked.sampleBytes() + checked.queryBytes();
    if (bytes > limits.maxSampleBytes() || checked.sampleBytes() / Float.BYTES > MAX_ARRAY) {
      throw RequestException.exhausted(
          "sample must be at most " + limits.maxSampleBytes() + " bytes, got: " + bytes);
    }
    // Otherwise only the end of the training would tell.
    if (checked.codebookBytes() > MAX_ARRAY) {
      throw RequestException.exhausted(
          "codebook must be at most " + MAX_ARRAY + " bytes, got: " + checked.codebookBytes());
    }
    return checked;
  }

  /** Returns a job as a message. */
  static Job job(TrainingJob job) {
    return job(job, job.status());
  }

  /** Returns a job in some state as a message. */
  static Job job(TrainingJob job, JobStatus status) {
    return Job.newBuilder()
        .setId(job.id())
        .setSpec(spec(job.spec()))
        .setProgress(progress(status))
        .setCreateTime(Timestamps.of(job.created()))
        .setSampleNeeded(job.sampleNeeded())
        .setParentNeeded(job.parentNeeded())
        .build();
  }

  private static TrainingSpec spec(JobSpec spec) {
    return SpecMessages.understood(
        new SpecMessages.Spec(
            spec.request(), spec.dim(), spec.sample(), spec.queries(), spec.parentBytes()));
  }

  /** Returns the last status of a job that has succeeded. */
  static JobStatus succeeded(JobProgress progress) {
    return JobStatus.CREATED.succeeded(
        TrainingMessages.sizes(progress.getListSizes()),
        progress.hasObjective() ? progress.getObjective() : Double.NaN);
  }

  /** Returns a status as a message. */
  static JobProgress progress(JobStatus status) {
    JobProgress.Builder builder =
        JobProgress.newBuilder()
            .setState(
                io.github.luceneivf.proto.v1.JobState.valueOf("JOB_STATE_" + status.state().name()))
            .setPhase(
                io.github.luceneivf.proto.v1.JobPhase.valueOf("JOB_PHASE_" + status.phase().name()))
            .setPercent(status.percent())
            .setError(status.error());
    if (!Double.isNaN(status.objective())) {
      builder.setObjective(status.objective());
    }
    status.sizes().ifPresent(sizes -> builder.setListSizes(TrainingMessages.sizes(sizes)));
    return builder.build();
  }
}

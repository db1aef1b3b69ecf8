// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import io.github.luceneivf.client.SidecarException.Reason;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingProgress;
import io.github.luceneivf.proto.v1.JobPhase;
import io.github.luceneivf.proto.v1.JobProgress;
import io.github.luceneivf.proto.v1.JobState;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Follows the progress of a job, tells the monitor, and gives up when there is none for too long.
 * Heartbeats that say the same again are no progress. Not thread-safe.
 */
final class ProgressWatch {

  /** Least advance within a phase, in percent, that counts. */
  private static final double MIN_ADVANCE = 0.1;

  private final Duration limit;
  private final TrainingMonitor monitor;
  private final LongSupplier nanoClock;
  private JobPhase phase = JobPhase.JOB_PHASE_UNSPECIFIED;
  private double percent;
  private long advancedNanos;

  ProgressWatch(Duration limit, TrainingMonitor monitor, LongSupplier nanoClock) {
    this.limit = limit;
    this.monitor = monitor;
    this.nanoClock = nanoClock;
    this.advancedNanos = nanoClock.getAsLong();
  }

  /**
   * Takes a message.
   *
   * @return the job's state
   * @throws SidecarException if it cannot be right, or nothing has moved for too long
   * @throws IOException what the monitor threw
   */
  JobState accept(JobProgress progress) throws IOException {
    double now = progress.getPercent();
    if (!(now >= 0 && now <= 100)) {
      throw SidecarException.invalid("percent must be in [0, 100], got: " + now);
    }
    if (progress.getState() == JobState.UNRECOGNIZED
        || progress.getPhase() == JobPhase.UNRECOGNIZED) {
      throw SidecarException.invalid(
          "state and phase must be known, got: "
              + progress.getStateValue()
              + ", "
              + progress.getPhaseValue());
    }
    boolean later = progress.getPhase().getNumber() > phase.getNumber();
    if (later || (progress.getPhase() == phase && now >= percent + MIN_ADVANCE)) {
      phase = progress.getPhase();
      percent = now;
      advancedNanos = nanoClock.getAsLong();
    } else if (nanoClock.getAsLong() - advancedNanos > limit.toNanos()) {
      throw new SidecarException(
          Reason.TIMEOUT, "sidecar made no progress for " + limit + " in " + phase);
    }
    if (progress.getState() == JobState.JOB_STATE_RUNNING) {
      tell(progress);
    }
    return progress.getState();
  }

  private void tell(JobProgress progress) throws IOException {
    TrainingProgress.Phase known =
        switch (progress.getPhase()) {
          case JOB_PHASE_PREPARE -> TrainingProgress.Phase.PREPARE;
          case JOB_PHASE_INITIALIZE -> TrainingProgress.Phase.INITIALIZE;
          case JOB_PHASE_ITERATE -> TrainingProgress.Phase.ITERATE;
          case JOB_PHASE_BALANCE -> TrainingProgress.Phase.BALANCE;
          case JOB_PHASE_CALIBRATE -> TrainingProgress.Phase.CALIBRATE;
          default ->
              throw SidecarException.invalid(
                  "phase of a running job must be one of training, got: " + progress.getPhase());
        };
    double objective = progress.hasObjective() ? progress.getObjective() : Double.NaN;
    monitor.progress(new TrainingProgress(known, progress.getPercent(), objective));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import io.github.luceneivf.clustering.ListSizes;
import java.util.Optional;

/**
 * How far a job is. Immutable.
 *
 * @param state state
 * @param phase phase
 * @param percent done of this phase, in [0, 100]
 * @param objective as of the last iteration; not-a-number before the first
 * @param sizes sizes of the lists, once known
 * @param error why it ended otherwise than well, or what it waits for; else empty
 */
record JobStatus(
    JobState state,
    JobPhase phase,
    double percent,
    double objective,
    Optional<ListSizes> sizes,
    String error) {

  static final JobStatus CREATED =
      new JobStatus(JobState.QUEUED, JobPhase.UPLOAD, 0, Double.NaN, Optional.empty(), "");

  JobStatus at(JobState newState, JobPhase newPhase, double newPercent) {
    return new JobStatus(newState, newPhase, newPercent, objective, sizes, error);
  }

  JobStatus withObjective(double newObjective) {
    return new JobStatus(state, phase, percent, newObjective, sizes, error);
  }

  JobStatus ended(JobState newState, String newError) {
    return new JobStatus(newState, phase, percent, objective, sizes, newError);
  }

  /** Returns the status of a job that is done but for its result, which waits for something. */
  JobStatus waiting(String forWhat) {
    return new JobStatus(state, phase, 100, objective, sizes, forWhat);
  }

  JobStatus succeeded(ListSizes listSizes, double finalObjective) {
    return new JobStatus(
        JobState.SUCCEEDED, JobPhase.DONE, 100, finalObjective, Optional.of(listSizes), "");
  }

  boolean samePhase(JobStatus other) {
    return state == other.state && phase == other.phase;
  }
}

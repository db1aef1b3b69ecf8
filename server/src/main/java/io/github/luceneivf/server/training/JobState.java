// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

/** State of a job; the names are those of the wire's {@code JobState}. */
enum JobState {
  QUEUED,
  RUNNING,
  SUCCEEDED,
  FAILED,
  CANCELLED,
  EXPIRED;

  /** Returns whether no other state follows, but that a success may expire. */
  boolean isFinal() {
    return this != QUEUED && this != RUNNING;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import io.github.luceneivf.codebook.TrainingProgress;

/** Phase of a job, in order; the names are those of the wire's {@code JobPhase}. */
enum JobPhase {
  UPLOAD,
  WAIT,
  PREPARE,
  INITIALIZE,
  ITERATE,
  BALANCE,
  CALIBRATE,
  DONE;

  static JobPhase of(TrainingProgress.Phase phase) {
    return switch (phase) {
      case PREPARE -> PREPARE;
      case INITIALIZE -> INITIALIZE;
      case ITERATE -> ITERATE;
      case BALANCE -> BALANCE;
      case CALIBRATE -> CALIBRATE;
    };
  }
}

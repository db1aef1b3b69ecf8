// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import java.io.IOException;

/** What a training asks and tells while it runs; called from the training's thread. */
@FunctionalInterface
public interface TrainingMonitor extends AbortCheck {

  /** Never aborts, tells nobody. */
  TrainingMonitor NONE = () -> {};

  /** Returns a monitor that only asks {@code check}. */
  static TrainingMonitor of(AbortCheck check) {
    return check::check;
  }

  /**
   * Told about progress, in every phase.
   *
   * @throws IOException to stop the training
   */
  default void progress(TrainingProgress progress) throws IOException {}
}

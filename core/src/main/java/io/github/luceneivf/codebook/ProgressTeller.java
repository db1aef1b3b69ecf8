// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.codebook.TrainingProgress.Phase;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Asks a monitor whether to go on each time, but tells it of progress no more often than it is
 * worth reading: at the ends of phases and ten times a second. Confined to one training.
 */
final class ProgressTeller {

  private static final long INTERVAL_NANOS = 100_000_000;

  private final TrainingMonitor monitor;
  private @Nullable Phase phase;
  private long lastNanos;

  ProgressTeller(TrainingMonitor monitor) {
    this.monitor = monitor;
  }

  /** Tells how far a phase is; {@code share} in [0, 1]. */
  void tell(Phase phase, double share, double objective) throws IOException {
    monitor.check();
    long now = System.nanoTime();
    if (phase != this.phase || share >= 1 || now - lastNanos >= INTERVAL_NANOS) {
      this.phase = phase;
      lastNanos = now;
      double percent = Math.clamp(100 * share, 0, 100);
      monitor.progress(new TrainingProgress(phase, percent, objective));
    }
  }
}

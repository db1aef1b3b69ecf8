// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.CodebookTrainer;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import java.io.IOException;
import java.util.Optional;

/**
 * Lets the sidecar train, and trains in this process with the same seed when it does not: the
 * codebook is the same. Aborts pass unchanged. Thread-safe if both trainers are.
 */
public final class FallbackTrainer implements CodebookTrainer {

  private final CodebookTrainer primary;
  private final CodebookTrainer local;
  private final Fallback fallback;

  /** Creates a trainer with counters of its own. */
  public FallbackTrainer(CodebookTrainer primary, CodebookTrainer local) {
    this(primary, local, new SidecarCounters());
  }

  /**
   * Creates a trainer.
   *
   * @param counters counts outcomes, shared with whoever wants to see them
   */
  public FallbackTrainer(CodebookTrainer primary, CodebookTrainer local, SidecarCounters counters) {
    this.primary = primary;
    this.local = local;
    this.fallback = new Fallback("training", counters);
  }

  @Override
  public TrainedCodebook train(TrainingRequest request, FloatMatrix sample, TrainingMonitor monitor)
      throws IOException {
    Optional<TrainedCodebook> remote =
        fallback.attempt(() -> primary.train(request, sample, monitor));
    return remote.isPresent() ? remote.get() : local.train(request, sample, monitor);
  }

  @Override
  public int threads() {
    return local.threads();
  }

  @Override
  public boolean isRemote() {
    return primary.isRemote();
  }
}

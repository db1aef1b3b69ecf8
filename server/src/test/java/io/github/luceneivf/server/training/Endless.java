// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.CodebookTrainer;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** Trains until it is told to stop. */
final class Endless implements CodebookTrainer {
  final CountDownLatch started = new CountDownLatch(1);
  final CountDownLatch stopped = new CountDownLatch(1);

  @Override
  public TrainedCodebook train(TrainingRequest request, FloatMatrix sample, TrainingMonitor monitor)
      throws IOException {
    started.countDown();
    try {
      while (true) {
        monitor.check();
        Thread.onSpinWait();
      }
    } finally {
      stopped.countDown();
    }
  }

  @Override
  public boolean isRemote() {
    return false;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.CodebookTrainer;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import java.io.IOException;

/**
 * Lets the sidecar train. The same request and sample give the same codebook as in this process.
 * Thread-safe; the calling thread does the waiting.
 */
public final class RemoteCodebookTrainer implements CodebookTrainer {

  private final SidecarConnection connection;

  /** Creates a trainer; the connection is closed by its owner. */
  public RemoteCodebookTrainer(SidecarConnection connection) {
    this.connection = connection;
  }

  /**
   * {@inheritDoc}
   *
   * @throws SidecarException if the sidecar did not do it; then, and only then, another way may be
   *     tried
   */
  @Override
  public TrainedCodebook train(TrainingRequest request, FloatMatrix sample, TrainingMonitor monitor)
      throws IOException {
    if (sample.rows() < 1) {
      throw new IllegalArgumentException("sample must have at least 1 row, got: 0");
    }
    request.querySample().requireDim(sample.dim());
    monitor.check();
    TrainedCodebook trained =
        connection.run(() -> {
          try (TrainingSession session =
              new TrainingSession(connection, request, sample, monitor)) {
            return session.run();
          }
        });
    connection.remember(trained.codebook().id());
    return trained;
  }

  @Override
  public boolean isRemote() {
    return true;
  }
}

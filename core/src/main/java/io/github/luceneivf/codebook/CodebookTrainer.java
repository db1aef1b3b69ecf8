// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.FloatMatrix;
import java.io.IOException;

/**
 * Port: sample → codebook. {@link LocalCodebookTrainer} does it in this process, the client module
 * over gRPC. Thread-safe.
 */
public interface CodebookTrainer {

  /**
   * Trains a codebook.
   *
   * @param request what is wanted
   * @param sample vectors as the user gave them, not normalised or scaled, all finite; not modified
   * @param monitor asked whether to go on, and told of progress
   * @throws IOException what {@code monitor} threw, or if the work could not be done
   * @throws IllegalArgumentException if the sample is empty or does not fit the request
   */
  TrainedCodebook train(TrainingRequest request, FloatMatrix sample, TrainingMonitor monitor)
      throws IOException;

  /** Returns whether training happens outside this process, so that no flush should wait for it. */
  boolean isRemote();

  /**
   * Returns the threads that a training in this process may use, the caller's among them; the first
   * flush of a field, which trains, also encodes with as many. They end with the training.
   */
  default int threads() {
    return 1;
  }
}

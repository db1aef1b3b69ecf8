package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.FloatMatrix;
import java.io.IOException;

/** Trains codebooks in this process, on the calling thread and as many more as the request says. */
public final class LocalCodebookTrainer implements CodebookTrainer {

  /** Creates a trainer. */
  public LocalCodebookTrainer() {}

  @Override
  public TrainedCodebook train(TrainingRequest request, FloatMatrix sample, TrainingMonitor monitor)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isRemote() {
    return false;
  }
}
